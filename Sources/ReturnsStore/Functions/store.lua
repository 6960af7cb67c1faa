#!lua name=returns_store_@HASH@
-- What the store is and which run it is at; and the small writes that are no commit: versions of policies, leases,
-- acknowledgements of the outbox, the test clock.
--
-- A run is a stretch of the store's life within one process of Redis, between two looks at what was lost. Its name stands in
-- returns:store and in the mark of each hash slot, with the counter and the last event that the slot had when the run began.

local RUNS_MAX = 64 -- remembered

-- Begins a run, unless somebody else has begun one since the caller looked.
-- KEYS: returns:store.
-- ARGV: run that the caller saw, or "" if there is no store | new run | field, value …; an empty value removes the field.
-- Returns: {"OK"} · {"MOVED"}.
local function begin(KEYS, ARGV)
  local found = redis.call('HGET', KEYS[1], 'run') or ''
  if found ~= ARGV[1] then return { 'MOVED' } end
  if #ARGV % 2 ~= 0 then malformed('fields') end
  for position = 3, #ARGV, 2 do
    if ARGV[position + 1] == '' then
      redis.call('HDEL', KEYS[1], ARGV[position])
    else
      redis.call('HSET', KEYS[1], ARGV[position], ARGV[position + 1])
    end
  end
  local runs = {} -- also those that the caller gives, for a record that is made anew
  for run in string.gmatch(redis.call('HGET', KEYS[1], 'runs') or '', '%S+') do table.insert(runs, run) end
  table.insert(runs, ARGV[2])
  while #runs > RUNS_MAX do table.remove(runs, 1) end
  redis.call('HSET', KEYS[1], 'runs', table.concat(runs, ' '), 'run', ARGV[2])
  return { 'OK' }
end

-- Takes a slot into a run, and writes down with what it begins.
-- KEYS: the slot's mark | its outbox, if it has one.
-- ARGV: run that the caller saw in the mark, or "" | new run | runs that are remembered …
-- Returns: {"OK"} · {"MOVED"}.
local function enter(KEYS, ARGV)
  local found = redis.call('HGET', KEYS[1], 'run') or ''
  if found ~= ARGV[1] then return { 'MOVED' } end
  local last = '0-0'
  if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then
    local stream = redis.call('XINFO', 'STREAM', KEYS[2])
    for position = 1, #stream, 2 do
      if stream[position] == 'last-generated-id' then last = stream[position + 1] end
    end
  end
  local remembered = {}
  for position = 3, #ARGV do remembered['began:' .. ARGV[position]] = true end
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(field, 1, 6) == 'began:' and not remembered[field] then redis.call('HDEL', KEYS[1], field) end
  end
  -- How many events the outbox is to have, as outbox.lua compares it.
  if KEYS[2] and redis.call('HEXISTS', KEYS[1], 'kept') == 0 then
    redis.call('HSET', KEYS[1], 'kept', redis.call('XLEN', KEYS[2]))
  end
  local counter = redis.call('HGET', KEYS[1], 'n') or '0'
  redis.call('HSET', KEYS[1], 'run', ARGV[2], 'began:' .. ARGV[2], counter .. ' ' .. last)
  return { 'OK' }
end

-- Tries whether Redis takes writes.  KEYS: returns:store.  ARGV: now in ms.
local function probe(KEYS, ARGV)
  redis.call('HSET', KEYS[1], 'probed_ms', ARGV[1])
  return { 'OK' }
end

-- Finance has compared the refunds with the gateway since a loss.
-- The last confirmation's request is kept, so that a repetition is told of it.
-- KEYS: returns:store.  ARGV: the run that the loss was accepted in | who and when | fingerprint of the request.
-- Returns: {"OK"} · {"REPLAY"} · {"OTHER", run or ""}: another loss, or none, waits to be confirmed.
local function reconciled(KEYS, ARGV)
  if redis.call('HGET', KEYS[1], 'reconciled_by') == ARGV[3] then return { 'REPLAY' } end
  local waiting = redis.call('HGET', KEYS[1], 'reconcile') or ''
  if waiting == '' or waiting ~= ARGV[1] then return { 'OTHER', waiting } end
  redis.call('HDEL', KEYS[1], 'reconcile')
  redis.call('HSET', KEYS[1], 'reconciled', ARGV[2], 'reconciled_by', ARGV[3])
  return { 'OK' }
end

-- Raises the level at which servers write, which is never lowered. A store that says nothing of it is at the first.
-- KEYS: returns:store.  ARGV: level that the caller saw | level to write at from now on.
-- Returns: {"OK"} · {"MOVED"}: somebody else has raised it since.
local function raise_level(KEYS, ARGV)
  local seen, level = count(ARGV[1], 1, 255, 'level'), count(ARGV[2], 1, 255, 'level')
  if level < seen then malformed('a level is never lowered') end
  if (redis.call('HGET', KEYS[1], 'level') or '1') ~= ARGV[1] then return { 'MOVED' } end
  redis.call('HSET', KEYS[1], 'level', ARGV[2])
  return { 'OK' }
end

-- Adds a version, which is never replaced.  KEYS: versions.  ARGV: field | record.
-- Returns: {"OK"} · {"SAME"}: it is there by an earlier call of the same · {"EXISTS"}: another one is.
-- So the slot's counter says how many versions there are to be.
local function add_version(KEYS, ARGV)
  if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 1 then return { 'OK' } end
  return { redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] and 'SAME' or 'EXISTS' }
end

-- A refund of a case that is gone is recorded at one case only, which claims it before it records it.
-- KEYS: lost refunds of the gone case's partition.
-- ARGV: the refund | the case that claims it | the fence of that case's partition | another case's claim to replace, or "".
-- Returns: {"OK"}: the case has it, by this call or an earlier one · {"HELD", claim, now in ms}: another case has.
local function claim_lost_refund(KEYS, ARGV)
  local claim = redis.call('HGET', KEYS[1], ARGV[1])
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  if claim and claim ~= ARGV[4] and string.match(claim, '^[^/]*') ~= ARGV[2] then return { 'HELD', claim, now } end
  -- A claim that is made again is as young as the commit that follows it.
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. '/' .. ARGV[3] .. '/' .. string.format('%.0f', now))
  return { 'OK' }
end

-- Refuses the commits to come that go by a claim of a case of this partition: they guard the fence, as a version.
-- KEYS: the fence of the claiming case's partition.  Returns: {"OK"}.
local function raise_lost_refund_fence(KEYS)
  redis.call('HINCRBY', KEYS[1], 'v', 1)
  return { 'OK' }
end

-- Gives up a claim that nothing came of.  KEYS: as above.  ARGV: the refund | the claim as it was read.
-- Returns: {"OK"} · {"MOVED"}.
local function release_lost_refund(KEYS, ARGV)
  if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return { 'MOVED' } end
  redis.call('HDEL', KEYS[1], ARGV[1])
  return { 'OK' }
end

-- KEYS: the lease of a part of the work.  ARGV: the lease to set | one that may be replaced, or empty | for how many ms.
-- Returns 1 when it is set, 0 when another one is there.
local function work_lease(KEYS, ARGV)
  local lease = redis.call('GET', KEYS[1])
  if lease and lease ~= ARGV[1] and lease ~= ARGV[2] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
  return 1
end

-- KEYS: the lease of a part of the work.  ARGV: whose | which one of theirs it has to be, if any will not do.
-- Returns 1 when it was theirs, which is what follows the second '/'.
local function work_release(KEYS, ARGV)
  local lease = redis.call('GET', KEYS[1])
  if not lease or string.match(lease, '^[^/]*/[^/]*/(.*)$') ~= ARGV[1] then return 0 end
  if ARGV[2] and lease ~= ARGV[2] then return 0 end
  return redis.call('DEL', KEYS[1])
end

-- KEYS: what a person has taken.  ARGV: the case | for how many ms.
local function work_taken(KEYS, ARGV)
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end

-- A lease of sweeping guards nothing, and nothing is lost with it.
-- KEYS: the lease.  ARGV: token | its term in ms | "seize" to take it whatever anybody else holds, or "".
-- Returns: the token that it is held by.
local function sweep_lease(KEYS, ARGV)
  if ARGV[3] == 'seize' then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  else
    redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
  end
  return redis.call('GET', KEYS[1])
end

-- KEYS: the lease.  ARGV: the token that must hold it | the token that follows | its term in ms; without the last two it is given up.
-- Returns: whether the lease was held by the token.
local function sweep_lease_change(KEYS, ARGV)
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  if ARGV[2] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) else redis.call('DEL', KEYS[1]) end
  return 1
end

-- KEYS: outbox.  ARGV: group | id …
local function acknowledge(KEYS, ARGV)
  return redis.call('XACK', KEYS[1], unpack(ARGV))
end

-- Removes orders on which no case stands. One that was pushed since, or has a case by now, stays.
-- KEYS: orders without cases | order …
-- ARGV: time in ms since which they must have been quiet | member, version as the caller has read it …
-- Returns: how many it has removed.
local function remove_orders(KEYS, ARGV)
  local removed = 0
  for number = 2, #KEYS do
    local member, version = ARGV[2 * number - 2], ARGV[2 * number - 1]
    if not version then malformed('orders') end
    local since = redis.call('ZSCORE', KEYS[1], member)
    if since and tonumber(since) <= tonumber(ARGV[1])
      and (redis.call('HGET', KEYS[number], 'v') or '0') == version then
      removed = removed + redis.call('UNLINK', KEYS[number])
      redis.call('ZREM', KEYS[1], member)
    end
  end
  return removed
end

-- KEYS: figures of days, of one partition.  Returns: how many there were.
local function forget_attainment(KEYS)
  return redis.call('UNLINK', unpack(KEYS))
end

-- Raises a day that the store remembers, and never lowers it.  KEYS: returns:store.  ARGV: field | day.  Returns: the day.
local function raise_day(KEYS, ARGV)
  local known, day = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or ''), tonumber(ARGV[2])
  if known and known >= day then return known end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  return day
end

-- KEYS: returns:store.  ARGV: time to begin at.  Returns: the test clock's time.
local function test_clock(KEYS, ARGV)
  redis.call('HSETNX', KEYS[1], 'test_now_ms', ARGV[1])
  return redis.call('HGET', KEYS[1], 'test_now_ms')
end

-- KEYS: returns:store.  ARGV: request id | fingerprint | step in ms | steps remembered.
-- Returns: {"OK", new time} · {"REPLAY", time it led to} · {"REUSED"}.
-- Not the commit function: that one guards records of a partition, and only stores made for tests have this clock.
local function test_clock_advance(KEYS, ARGV)
  local steps = redis.call('HGET', KEYS[1], 'test_steps')
  steps = steps and cmsgpack.unpack(steps) or {}
  for _, step in ipairs(steps) do
    if step[1] == ARGV[1] then
      if step[2] == ARGV[2] then return { 'REPLAY', step[3] } end
      return { 'REUSED' }
    end
  end
  local now = redis.call('HINCRBY', KEYS[1], 'test_now_ms', ARGV[3])
  table.insert(steps, { ARGV[1], ARGV[2], tostring(now) })
  while #steps > tonumber(ARGV[4]) do table.remove(steps, 1) end
  redis.call('HSET', KEYS[1], 'test_steps', cmsgpack.pack(steps))
  return { 'OK', tostring(now) }
end

-- These two make runs, so they take part in none; and a Redis whose memory is full has to be recognised, too.
redis.register_function({ function_name = 'returns_begin_@HASH@', callback = begin, flags = { 'allow-oom' } })
redis.register_function({ function_name = 'returns_enter_@HASH@', callback = enter, flags = { 'allow-oom' } })
register('probe', probe, {})
register('reconciled', reconciled, {})
register('raise_level', raise_level, {})
register('add_version', add_version, {}, true)
register('claim_lost_refund', claim_lost_refund, {}, true)
register('raise_lost_refund_fence', raise_lost_refund_fence, { 'allow-oom' }, true)
register('release_lost_refund', release_lost_refund, { 'allow-oom' }, true)
register('work_lease', work_lease, {})
register('work_release', work_release, { 'allow-oom' })
register('work_taken', work_taken, {})
register('sweep_lease', sweep_lease, { 'allow-oom' })
register('sweep_lease_change', sweep_lease_change, { 'allow-oom' })
-- Going on lets the log be trimmed, which frees memory.
register('acknowledge', acknowledge, { 'allow-oom' })
-- These free memory.
register('remove_orders', remove_orders, { 'allow-oom' })
register('forget_attainment', forget_attainment, { 'allow-oom' })
register('raise_day', raise_day, { 'allow-oom' })
register('test_clock', test_clock, {})
register('test_clock_advance', test_clock_advance, {})
