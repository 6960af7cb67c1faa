#!lua name=returns_webhooks_@HASH@
-- Keeps webhooks: what they are, how they fare, what became of their deliveries, and which server delivers for each. How far one has
-- come stands in the partitions (outbox.lua); what was asked of that stands here until it is taken over. All keys carry the one hash
-- tag {webhooks}. No rule of the business is here.

local function set_fields(key, ARGV, first)
  if (#ARGV - first + 1) % 2 ~= 0 then malformed('fields') end
  for position = first, #ARGV, 2 do
    redis.call('HSET', key, ARGV[position], ARGV[position + 1])
  end
end

-- Fails where `note` would behind its first write.
local function look_before_note(state, deliveries, failed, record_max, failed_max)
  count(record_max, 1, 10000, 'deliveries')
  count(failed_max, 1, 10000, 'failed')
  redis.call('LLEN', deliveries)
  redis.call('ZCARD', failed)
  if not whole(redis.call('HGET', state, 'aside_forgotten') or '0') then
    error({ err = 'WRONGTYPE the events that were forgotten are no number' })
  end
end

-- Of the events set aside, those that later ones push out are counted: nothing goes in silence.
local function note(state, deliveries, failed, record, record_max, event, verdict, at, failed_max)
  redis.call('LPUSH', deliveries, record)
  redis.call('LTRIM', deliveries, 0, count(record_max, 1, 10000, 'deliveries') - 1)
  if verdict == 'delivered' then
    redis.call('ZREM', failed, event)
  elseif verdict == 'aside' then
    redis.call('ZADD', failed, at, event)
    local forgotten = redis.call('ZREMRANGEBYRANK', failed, 0, -count(failed_max, 1, 10000, 'failed') - 1)
    if forgotten > 0 then redis.call('HINCRBY', state, 'aside_forgotten', forgotten) end
  end
end

-- KEYS: records | request record | state.
-- ARGV: fingerprint | record retention ms | name | record | most webhooks | which one it is | field, value …
-- Returns: {"OK"} · {"EXISTS"} · {"FULL"} · {"REPLAY", which one was made then} · {"REUSED"}.
local function add(KEYS, ARGV)
  local before_now = carried_out(KEYS[2], ARGV[1])
  if before_now then return before_now end
  if redis.call('HEXISTS', KEYS[1], ARGV[3]) == 1 then return { 'EXISTS' } end
  if redis.call('HLEN', KEYS[1]) >= count(ARGV[5], 1, 1e4, 'webhooks') then return { 'FULL' } end
  redis.call('DEL', KEYS[3])
  set_fields(KEYS[3], ARGV, 7)
  redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
  -- Not the record itself, which holds the secret.
  redis.call('SET', KEYS[2], ARGV[1] .. ARGV[6], 'PX', ARGV[2])
  return { 'OK' }
end

-- KEYS: records | request record | state | lease | deliveries | events set aside.  ARGV: fingerprint | record retention ms | name.
-- Returns: {"OK"} · {"MISSING"} · {"REPLAY", ""} · {"REUSED"}.
local function remove(KEYS, ARGV)
  local before_now = carried_out(KEYS[2], ARGV[1])
  if before_now then return before_now end
  if redis.call('HDEL', KEYS[1], ARGV[3]) == 0 then return { 'MISSING' } end
  redis.call('DEL', KEYS[3], KEYS[4], KEYS[5], KEYS[6])
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  return { 'OK' }
end

-- KEYS: records | request record | state.
-- ARGV: fingerprint | record retention ms | name | which one it is | epoch that it was decided on | what to answer a repetition
--       | record that it was decided on | record in its place; both "" where it stays | field, value …
-- Whoever delivers notices the new epoch and takes its progress anew, with what was asked of it.
-- Returns: {"OK"} · {"MISSING"} · {"MOVED"}: it changed meanwhile · {"REPLAY", answer} · {"REUSED"}.
local function change(KEYS, ARGV)
  local before_now = carried_out(KEYS[2], ARGV[1])
  if before_now then return before_now end
  if redis.call('HEXISTS', KEYS[1], ARGV[3]) == 0 or redis.call('HGET', KEYS[3], 'instance') ~= ARGV[4] then
    return { 'MISSING' }
  end
  if redis.call('HGET', KEYS[3], 'epoch') ~= ARGV[5] then return { 'MOVED' } end
  if ARGV[8] ~= '' and redis.call('HGET', KEYS[1], ARGV[3]) ~= ARGV[7] then return { 'MOVED' } end
  if ARGV[8] ~= '' or #ARGV > 8 then
    -- The epoch first: it is refused where it is no number, or the last one.
    redis.call('HINCRBY', KEYS[3], 'epoch', 1)
    set_fields(KEYS[3], ARGV, 9)
    if ARGV[8] ~= '' then redis.call('HSET', KEYS[1], ARGV[3], ARGV[8]) end
  end
  redis.call('SET', KEYS[2], ARGV[1] .. ARGV[6], 'PX', ARGV[2])
  return { 'OK' }
end

-- A delivery that somebody has asked for.
-- KEYS: records | request record | state | deliveries | events set aside.
-- ARGV: fingerprint | record retention ms | name | which one it is | record | most records | event | verdict | at | most set aside.
-- Returns: {"OK"} · {"MISSING"}.
local function asked(KEYS, ARGV)
  local is_missing = redis.call('HEXISTS', KEYS[1], ARGV[3]) == 0 or redis.call('HGET', KEYS[3], 'instance') ~= ARGV[4]
  if not is_missing then look_before_note(KEYS[3], KEYS[4], KEYS[5], ARGV[6], ARGV[10]) end
  redis.call('SET', KEYS[2], ARGV[1] .. ARGV[5], 'PX', ARGV[2])
  if is_missing then return { 'MISSING' } end
  note(KEYS[3], KEYS[4], KEYS[5], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10])
  return { 'OK' }
end

-- Whoever takes a lease that nobody holds gets an epoch of its own: a server that slept while another delivered, or whose
-- lease just ran out, must not go on from places that it read before.
-- KEYS: lease | state.  ARGV: owner | for how many ms.
-- Returns: {1 if the lease is the owner's now, epoch or "", "1" if it is enabled}.
local function lease(KEYS, ARGV)
  local holder = redis.call('GET', KEYS[1])
  local state = redis.call('HMGET', KEYS[2], 'epoch', 'enabled')
  if holder and holder ~= ARGV[1] then return { 0, '', '' } end
  if not state[1] or state[2] ~= '1' then return { 0, state[1] or '', state[2] or '' } end
  -- The epoch first: it is refused where it is no number, or the last one.
  if not holder then redis.call('HINCRBY', KEYS[2], 'epoch', 1) end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  if not holder then
    -- As text: as a number it would be rounded.
    state[1] = redis.call('HGET', KEYS[2], 'epoch')
  end
  return { 1, state[1], state[2] }
end

-- KEYS: lease.  ARGV: owner.
local function release(KEYS, ARGV)
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])
end

-- What became of a delivery, told by whoever has the lease.
-- KEYS: state | lease | deliveries | events set aside.
-- ARGV: owner | epoch | record | most records | event | verdict: "delivered", "failed" or "aside" | at | most set aside
--       | field, value …
-- Returns: {"OK"} · {"LOST"}: the lease is another's · {"MOVED"}: the epoch is another one.
local function record(KEYS, ARGV)
  if redis.call('GET', KEYS[2]) ~= ARGV[1] then return { 'LOST' } end
  if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return { 'MOVED' } end
  look_before_note(KEYS[1], KEYS[3], KEYS[4], ARGV[4], ARGV[8])
  set_fields(KEYS[1], ARGV, 9)
  note(KEYS[1], KEYS[3], KEYS[4], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8])
  return { 'OK' }
end

register('webhook_add', add, {}, true)
register('webhook_remove', remove, { 'allow-oom' }, true)
register('webhook_change', change, {}, true)
register('webhook_asked', asked, {})
-- Going on lets the log be trimmed, which frees memory.
register('webhook_lease', lease, { 'allow-oom' })
register('webhook_release', release, { 'allow-oom' })
register('webhook_record', record, { 'allow-oom' })
