#!lua name=returns_outbox_@HASH@
-- Trims a partition's outbox, notes what its holders lose by that, keeps how far consumers inside have come, and keeps its consumer
-- groups. No rule of the business is here.
--
-- What was trimmed is remembered in a watermark, and every read compares with it in the same step: a stream by itself
-- passes over a trimmed range in silence. Subscribers' reads are no function: entries cost several times as much through
-- Lua. Ids are compared as numbers; their milliseconds and sequence stay far below 2^53 but for the largest sequence there
-- is, which stands for "all of that millisecond".
--
-- The slot's mark counts the entries that the store has added and not trimmed ("kept"). A log that has fewer was cut by hand: every
-- read compares, and the watermark then goes behind all that may be gone. So it is told as any other loss.

local READ_MAX = 1024
local TRIM_MAX = 256 -- entries are read to learn their ids, so this bounds how long Redis is busy
local TRIM_BY_AGE_MAX = 32 -- how many are old enough is seen only by reading them
local COUNTED_MAX = 128 -- entries that are read to count them
local CONSUMERS_MAX = 64 -- of one group in one partition
-- Entries that one group was given in one partition and has not acknowledged. Beyond, it is given nothing new: what is pending
-- takes memory that trimming does not free.
local PENDING_MAX = 1024
-- Of a stream's nodes, which hold 4 KiB each and so differ little, as many are measured.
local BYTES_SAMPLES = 32
-- Of a stream's entries as many are measured at each of its ends, where its nodes cannot be.
local ENTRY_SAMPLES = 32
-- Beside the texts, about what Redis needs of an entry, of a text, of a number, and of a node of the tree that holds entries.
local ENTRY_BYTES, TEXT_BYTES, NUMBER_BYTES_MAX, NODE_BYTES = 12, 2, 10, 260

local function parts(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  if not ms then malformed('id') end
  return tonumber(ms), tonumber(sequence)
end

local function before(left, right)
  local left_ms, left_sequence = parts(left)
  local right_ms, right_sequence = parts(right)
  if left_ms ~= right_ms then return left_ms < right_ms end
  return left_sequence < right_sequence
end

-- What XINFO tells, by name.
local function named(list)
  local fields = {}
  for position = 1, #list, 2 do fields[list[position]] = list[position + 1] end
  return fields
end

local function last_id(key)
  if redis.call('EXISTS', key) == 0 then return '0-0' end
  return named(redis.call('XINFO', 'STREAM', key))['last-generated-id']
end

-- KEYS: outbox | watermark.  Returns: {watermark or "0-0", last id ever given or "0-0"}.
local function ends(KEYS)
  return { redis.call('GET', KEYS[2]) or '0-0', last_id(KEYS[1]) }
end

-- The last id there can be before another one.
local function previous(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  if sequence ~= '0' then return ms .. string.format('-%.0f', tonumber(sequence) - 1) end
  return string.format('%.0f-18446744073709551615', tonumber(ms) - 1)
end

-- Moves the watermark forward, never back.
local function raise(watermark, id)
  local trimmed = redis.call('GET', watermark)
  if not trimmed or before(trimmed, id) then redis.call('SET', watermark, id) end
end

-- Up to where entries may be gone that were removed by hand. What is left tells it: more may be told as lost than was.
local function gone_by_hand(key)
  local first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
  if first then
    local through = previous(first[1])
    -- Of XDEL alone, which may have taken some from the middle.
    local deleted = named(redis.call('XINFO', 'STREAM', key))['max-deleted-entry-id']
    return before(through, deleted) and deleted or through
  end
  if redis.call('EXISTS', key) == 1 then return last_id(key) end
  -- An empty one takes its place, whose last id lies behind those before: entries to come have Redis's time.
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local through = previous(string.format('%.0f-0', now))
  redis.call('XGROUP', 'CREATE', key, 'none', '0-0', 'MKSTREAM')
  redis.call('XGROUP', 'DESTROY', key, 'none')
  redis.call('XSETID', key, through)
  return through
end

-- Whether somebody has cut the log by hand, and its length.
local function is_cut(key, mark)
  local length = redis.call('XLEN', key)
  return length < tonumber(redis.call('HGET', mark, 'kept') or '0'), length
end

-- Returns: whether somebody has cut the log by hand.
local function notice_cut(key, watermark, mark)
  local is_shorter, length = is_cut(key, mark)
  if not is_shorter then return false end
  raise(watermark, gone_by_hand(key))
  redis.call('HSET', mark, 'kept', length)
  redis.call('HINCRBY', mark, 'cuts', 1)
  return true
end

-- For readers that are no functions, behind what they have read: what was trimmed or cut before that shows here.
-- KEYS: outbox | watermark.  ARGV: "1" if the last id is wanted.
-- Returns: {watermark or "0-0", 1 if the log was cut by hand and nobody has noticed, last id ever given, or ""}.
local function bounds(KEYS, ARGV, mark)
  return {
    redis.call('GET', KEYS[2]) or '0-0', is_cut(KEYS[1], mark) and 1 or 0,
    ARGV[1] == '1' and last_id(KEYS[1]) or '',
  }
end

-- For readers that are no functions.  KEYS: outbox | watermark.  Returns: 1 if the log was cut by hand, and nobody has noticed before.
local function noticed(KEYS, _, mark)
  return notice_cut(KEYS[1], KEYS[2], mark) and 1 or 0
end

local function groups_of(key)
  local groups = {}
  if redis.call('EXISTS', key) == 0 then return groups end
  for number, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do groups[number] = named(group) end
  return groups
end

-- About what these entries take in a stream. Names stand once in a node for all entries that have the same.
local function serialized_bytes(entries)
  local bytes, names = 0, nil
  for _, entry in ipairs(entries) do
    local own = {}
    for position = 1, #entry[2], 2 do
      local name, value = entry[2][position], entry[2][position + 1]
      table.insert(own, name)
      local size = #value + TEXT_BYTES
      if string.find(value, '^%d+$') then size = math.min(size, NUMBER_BYTES_MAX) end
      bytes = bytes + size
    end
    local joined = table.concat(own, ' ')
    if joined ~= names then bytes = bytes + #joined + #own end
    bytes, names = bytes + ENTRY_BYTES, joined
  end
  return bytes
end

-- What the outbox's entries take in memory. What groups have pending does not count: trimming frees none of it, so a group that
-- acknowledges nothing would empty the log for everybody.
--
-- Redis tells both as one figure. Where nothing is pending, that is it, exact to a few per cent. Otherwise entries at both ends are
-- measured, and stand for all: exact to about a fifth, where these are not much larger or smaller than those between.
-- enough: nobody needs to know better what is no more than this.
local function bytes_of(key, enough)
  local bytes = redis.call('MEMORY', 'USAGE', key, 'SAMPLES', BYTES_SAMPLES) or 0
  if bytes <= enough then return bytes end
  local pending = 0
  for _, group in ipairs(groups_of(key)) do pending = pending + group['pending'] end
  if pending == 0 then return bytes end
  local stream = named(redis.call('XINFO', 'STREAM', key))
  if stream['length'] == 0 then return 0 end
  local oldest = redis.call('XRANGE', key, '-', '+', 'COUNT', ENTRY_SAMPLES)
  local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', ENTRY_SAMPLES)
  local average = (serialized_bytes(oldest) + serialized_bytes(newest)) / (#oldest + #newest)
  return math.min(bytes, math.ceil(stream['length'] * average + stream['radix-tree-nodes'] * NODE_BYTES))
end

-- Names of the groups that are given nothing more until they acknowledge something.
local function full_groups(key)
  local names = {}
  for _, group in ipairs(groups_of(key)) do
    if group['pending'] >= PENDING_MAX then table.insert(names, group['name']) end
  end
  return names
end

-- How a loss is written: "after through events since last", two ids, a number and two times in ms. The events behind the first id
-- up to the second are gone; the number may be less than lie between, and is -1 if it is not known.
-- One that is damaged counts as none: it must not keep the log from being trimmed.
local LOSS = '^(%d+%-%d+) (%d+%-%d+) (%-?%d+) (%d+) (%d+)$'

-- Writes down for each holder which of the entries that are about to go it has not finished.
-- Returns: the names of these holders.
local function note_losses(key, holds, entries, gone, now)
  local overtaken = {}
  for position = 1, #holds, 2 do
    local holder, finished = holds[position], holds[position + 1]
    local lost = 0
    for number = gone, 1, -1 do
      if not before(finished, entries[number][1]) then break end
      lost = lost + 1
    end
    if lost > 0 then
      local after, since = finished, now
      local first, _, events, began = string.match(redis.call('HGET', key, holder) or '', LOSS)
      if first then
        after, lost, since = first, lost + tonumber(events), began
      end
      redis.call('HSET', key, holder, table.concat({ after, entries[gone][1], lost, since, now }, ' '))
      table.insert(overtaken, holder)
    end
  end
  return overtaken
end

-- Entries go down to those to keep, but not beyond what an internal consumer has not finished; and down to what a consumer may
-- hold, in entries and bytes, whoever has finished them. What a consumer loses by that is noted in the same step.
--
-- KEYS: outbox | watermark | what internal consumers have finished (hash of ids) | what they have lost (hash).
-- ARGV: entries to keep | oldest milliseconds to keep, 0 for any age | most entries to trim
--       | most entries, held or not | most bytes | now in ms.
-- Returns: {entries trimmed, 1 if there may be more to trim, 1 if an internal consumer holds trimming back,
--           names of the consumers that have lost some, names of the groups that are given nothing more}.
local function trim_kept(KEYS, ARGV, mark)
  local keep = count(ARGV[1], 0, 1e12, 'entries')
  local oldest = count(ARGV[2], 0, 1e15, 'oldest')
  local limit = count(ARGV[3], 1, TRIM_MAX, 'limit')
  local entries_max = count(ARGV[4], 0, 1e12, 'most entries')
  local bytes_max = count(ARGV[5], 1, 1e15, 'most bytes')
  count(ARGV[6], 0, 1e15, 'now')
  local length = redis.call('XLEN', KEYS[1])
  local full = full_groups(KEYS[1])
  if length == 0 then return { 0, 0, 0, {}, full } end
  local bytes = bytes_of(KEYS[1], bytes_max)
  -- The oldest that go in any case.
  local over = math.max(0, length - entries_max)
  if bytes > bytes_max then over = math.max(over, math.ceil(length * (1 - bytes_max / bytes))) end
  local surplus = math.max(length - keep, over)
  if surplus <= 0 then
    if oldest == 0 then return { 0, 0, 0, {}, full } end
    local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
    if not first or parts(first[1]) >= oldest then return { 0, 0, 0, {}, full } end
    limit = math.min(limit, TRIM_BY_AGE_MAX)
  elseif oldest == 0 then
    limit = math.min(limit, surplus)
  end
  local holds = redis.call('HGETALL', KEYS[3])
  local finished
  for position = 2, #holds, 2 do
    if not finished or before(holds[position], finished) then finished = holds[position] end
  end
  -- One more than may go, whose id says where the rest begins.
  local entries = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', limit + 1)
  local gone, held = 0, 0
  for number = 1, math.min(#entries, limit) do
    local id = entries[number][1]
    if number > surplus and parts(id) >= oldest then break end
    if number > over and finished and before(finished, id) then
      held = 1
      break
    end
    gone = number
  end
  if gone == 0 then return { 0, 0, held, {}, full } end
  redis.call('HLEN', KEYS[4]) -- fails where it is no hash, before anything is written
  -- The watermark first: if the rest failed, readers would be told of a loss that is none, and never the reverse.
  raise(KEYS[2], entries[gone][1])
  local overtaken = note_losses(KEYS[4], holds, entries, gone, ARGV[6])
  local rest = entries[gone + 1]
  if rest then
    redis.call('XTRIM', KEYS[1], 'MINID', rest[1])
  else
    redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)
  end
  -- Never below 0, which a count that somebody has removed would come to.
  local kept = tonumber(redis.call('HGET', mark, 'kept') or '0')
  redis.call('HSET', mark, 'kept', math.max(0, kept - gone))
  local more = gone == limit and (oldest > 0 or surplus > gone)
  return { gone, more and 1 or 0, held, overtaken, full }
end

-- The same, behind a look whether the log was cut by hand.
-- Returns: what `trim_kept` does, and: how often the log was cut by hand | 1 if this call has noticed it.
local function trim(KEYS, ARGV, mark)
  local has_noticed = notice_cut(KEYS[1], KEYS[2], mark)
  local reply = trim_kept(KEYS, ARGV, mark)
  table.insert(reply, tonumber(redis.call('HGET', mark, 'cuts') or '0'))
  table.insert(reply, has_noticed and 1 or 0)
  return reply
end

-- Fails where `let_go` or `hold_up_to` would behind a first write.
local function look_before_hold(held, lost)
  redis.call('HLEN', held)
  redis.call('HLEN', lost)
end

-- What a consumer has finished is not lost to it, and what it has passed over it has noted itself: a loss up to there is forgotten.
local function hold_up_to(held, lost, consumer, id)
  local found = redis.call('HGET', lost, consumer)
  if found then
    local _, through = string.match(found, LOSS)
    if not through or not before(id, through) then redis.call('HDEL', lost, consumer) end
  end
  redis.call('HSET', held, consumer, id)
end

local function let_go(held, lost, consumer)
  redis.call('HDEL', held, consumer)
  redis.call('HDEL', lost, consumer)
end

-- KEYS: what internal consumers have finished | what they have lost.  ARGV: consumer | id; without the id the consumer lets go.
local function hold(KEYS, ARGV)
  look_before_hold(KEYS[1], KEYS[2])
  if ARGV[2] then
    hold_up_to(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
  else
    let_go(KEYS[1], KEYS[2], ARGV[1])
  end
  return 1
end

-- An internal consumer's progress in a partition is "epoch rest". Whoever gets the consumer's lease gets a later epoch with it, and
-- takes the progress over by writing it once with that epoch. From then on whoever had the lease before moves nothing: the epoch is
-- the fence. What is held of the log moves in the same step.

-- KEYS: consumers' progress | what they have finished | what they have lost.
-- ARGV: consumer | its progress as it was read, or "" | its progress | the id of its place.
-- Returns: {"OK"} · {"MOVED"}: somebody has written it since.
local function consumer_take(KEYS, ARGV)
  if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return { 'MOVED' } end
  look_before_hold(KEYS[2], KEYS[3])
  hold_up_to(KEYS[2], KEYS[3], ARGV[1], ARGV[4])
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  return { 'OK' }
end

-- KEYS, ARGV: as above, but for the second of ARGV: the epoch that the caller has taken the progress with.
-- Returns: {"OK"} · {"LOST"}: somebody else has taken it since, or nobody has.
local function consumer_move(KEYS, ARGV)
  local epoch = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%-?%d+) ')
  if epoch ~= ARGV[2] then return { 'LOST' } end
  look_before_hold(KEYS[2], KEYS[3])
  -- A consumer that was disabled since has let go, and holds nothing by what it ends with.
  if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then hold_up_to(KEYS[2], KEYS[3], ARGV[1], ARGV[4]) end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  return { 'OK' }
end

-- A consumer that is no more: nothing of it stays.
-- KEYS: as above.  ARGV: consumer.
local function consumer_forget(KEYS, ARGV)
  look_before_hold(KEYS[2], KEYS[3])
  redis.call('HDEL', KEYS[1], ARGV[1])
  let_go(KEYS[2], KEYS[3], ARGV[1])
  return 1
end

-- How a consumer's place compares with the log.
-- KEYS: outbox | watermark | what internal consumers have lost.  ARGV: id of the place | consumer, or "".
-- Returns: {watermark or "0-0", last id ever given or "0-0", how many were ever added, how many are there, id that comes next or "",
--           bytes of the entries, what the consumer has lost or ""}.
local function figures(KEYS, ARGV)
  local trimmed = redis.call('GET', KEYS[2]) or '0-0'
  local lost = redis.call('HGET', KEYS[3], ARGV[2]) or ''
  if redis.call('EXISTS', KEYS[1]) == 0 then return { trimmed, '0-0', 0, 0, '', 0, lost } end
  local fields = named(redis.call('XINFO', 'STREAM', KEYS[1]))
  local next_entry = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', 1)[1]
  return {
    trimmed, fields['last-generated-id'], fields['entries-added'], fields['length'],
    next_entry and next_entry[1] or '', bytes_of(KEYS[1], 0), lost,
  }
end

-- A group's own figures; nil when the partition does not have it.
local function group_of(key, name)
  for _, group in ipairs(groups_of(key)) do
    if group['name'] == name then return group end
  end
end

-- The oldest entry that the group was given and has not acknowledged; nil if there is none.
local function oldest_pending(key, group)
  if group['pending'] > 0 then return redis.call('XPENDING', key, group['name'])[2] end
end

-- Whether entries are gone that the group was not given, or was given and has not acknowledged.
local function has_lost(key, trimmed, group)
  if not trimmed then return false end
  local oldest = oldest_pending(key, group)
  return oldest and not before(trimmed, oldest) or before(group['last-delivered-id'], trimmed)
end

-- The first entry that the group was not given, or the last that it was given if what follows is gone; "" if it was given all.
local function not_given(key, trimmed, group)
  local delivered = group['last-delivered-id']
  if not before(delivered, last_id(key)) then return '' end
  if trimmed and before(delivered, trimmed) then return delivered end
  local first = redis.call('XRANGE', key, '(' .. delivered, '+', 'COUNT', 1)[1]
  return first and first[1] or ''
end

-- Gives what the silent consumer has not acknowledged to another one, as long unacknowledged as it is.
-- Returns: whether the silent one has nothing left.
local function inherit(key, name, silent, heir)
  local pending = redis.call('XPENDING', key, name, '-', '+', READ_MAX, silent['name'])
  if #pending == 0 then return true end
  local ids = {}
  for number, entry in ipairs(pending) do ids[number] = entry[1] end
  table.insert(ids, 'IDLE')
  table.insert(ids, silent['idle'])
  table.insert(ids, 'JUSTID')
  redis.call('XCLAIM', key, name, heir, 0, unpack(ids))
  return #pending < READ_MAX
end

-- Whether the consumer is known or may be added, for which those go that have long been silent. If all have something that they
-- have not acknowledged, the longest silent one goes, and the newcomer inherits it: a group of dead consumers would take nobody.
local function has_place(key, name, consumer, silence, idle)
  local left, silent = 0, nil
  for _, other in ipairs(redis.call('XINFO', 'CONSUMERS', key, name)) do
    local fields = named(other)
    if fields['name'] == consumer then return true end
    if fields['pending'] == 0 and fields['idle'] > idle then
      redis.call('XGROUP', 'DELCONSUMER', key, name, fields['name'])
    else
      left = left + 1
      if fields['idle'] > math.max(idle, silence) and (not silent or fields['idle'] > silent['idle']) then silent = fields end
    end
  end
  if left < CONSUMERS_MAX then return true end
  if not silent or not inherit(key, name, silent, consumer) then return false end
  redis.call('XGROUP', 'DELCONSUMER', key, name, silent['name'])
  return true
end

-- Redis writes down what a group was given entry by entry, without how many it has read by then: a Redis that starts again would count
-- from where it was created, and call it behind for ever. Said once more by itself, the number stands there as well; and at the log's
-- end it is known, whatever was lost of it before.
local function note_read(key, name)
  local group = group_of(key, name)
  local stream = named(redis.call('XINFO', 'STREAM', key))
  local last = group['last-delivered-id']
  local is_at_end = last == stream['last-generated-id']
  local passed = is_at_end and stream['entries-added'] or group['entries-read']
  if passed then redis.call('XGROUP', 'SETID', key, name, last, 'ENTRIESREAD', passed) end
end

-- KEYS: outbox | watermark.
-- ARGV: group | consumer | most entries | silence in ms after which entries given to others are taken over
--       | "" or an id: only what this consumer was given before, after that id, whatever the silence
--       | silence in ms after which a consumer may lose its place to a new one.
-- Returns: {"OK", entries given before, entries given for the first time} · {"TRIMMED"} · {"MISSING"} · {"CROWDED"}.
local function group_read(KEYS, ARGV, mark)
  local name, consumer, own = ARGV[1], ARGV[2], ARGV[5]
  local limit = count(ARGV[3], 1, READ_MAX, 'limit')
  local silence = count(ARGV[4], 1, 1e12, 'silence')
  local idle = count(ARGV[6], 1, 1e12, 'idle')
  notice_cut(KEYS[1], KEYS[2], mark)
  local group = group_of(KEYS[1], name)
  if not group then return { 'MISSING' } end
  if has_lost(KEYS[1], redis.call('GET', KEYS[2]), group) then return { 'TRIMMED' } end
  if group['consumers'] >= CONSUMERS_MAX and not has_place(KEYS[1], name, consumer, silence, idle) then return { 'CROWDED' } end
  local again = {}
  if group['pending'] > 0 then
    local pending
    if own ~= '' then
      pending = redis.call('XPENDING', KEYS[1], name, '(' .. own, '+', limit, consumer)
    else
      pending = redis.call('XPENDING', KEYS[1], name, 'IDLE', ARGV[4], '-', '+', limit)
    end
    if #pending > 0 then
      local ids = {}
      for number, entry in ipairs(pending) do ids[number] = entry[1] end
      again = redis.call('XCLAIM', KEYS[1], name, consumer, 0, unpack(ids))
    end
  end
  local fresh = {}
  local room = math.min(limit - #again, PENDING_MAX - group['pending'])
  if own == '' and room > 0 then
    local reply = redis.call('XREADGROUP', 'GROUP', name, consumer, 'COUNT', room, 'STREAMS', KEYS[1], '>')
    if reply then
      fresh = reply[1][2]
      note_read(KEYS[1], name)
    end
  end
  return { 'OK', again, fresh }
end

-- How many entries there ever were up to an id; nil where too many are behind it to count them.
local function entries_through(key, id)
  local behind = #redis.call('XRANGE', key, '(' .. id, '+', 'COUNT', COUNTED_MAX)
  if behind < COUNTED_MAX then return named(redis.call('XINFO', 'STREAM', key))['entries-added'] - behind end
end

-- KEYS: outbox.  ARGV: group | id after which it begins.  One that is there stays as it is.
local function group_create(KEYS, ARGV)
  if group_of(KEYS[1], ARGV[1]) then return { 'OK' } end
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
  -- Redis knows by itself how many entries a group that begins within the log has passed only once it has come to the end.
  local passed = entries_through(KEYS[1], ARGV[2])
  if passed then redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2], 'ENTRIESREAD', passed) end
  return { 'OK' }
end

-- KEYS: outbox.  ARGV: group.
local function group_destroy(KEYS, ARGV)
  if group_of(KEYS[1], ARGV[1]) then redis.call('XGROUP', 'DESTROY', KEYS[1], ARGV[1]) end
  return { 'OK' }
end

-- Where a partition does not have the group, as when its outbox was deleted, the group will begin there again.
-- KEYS: outbox | watermark.  ARGV: group | id after which it begins.
-- Returns: {pending, entries not given yet or -1 if Redis cannot tell, 1 if entries were lost, names of consumers,
--           "" if it is done with every entry, otherwise one no later than the first that it is not done with}.
local function group_state(KEYS, ARGV)
  local group = group_of(KEYS[1], ARGV[1])
  local trimmed = redis.call('GET', KEYS[2])
  if not group then
    group = { ['name'] = ARGV[1], ['pending'] = 0, ['last-delivered-id'] = ARGV[2] }
    local rest = not_given(KEYS[1], trimmed, group)
    local is_lost = has_lost(KEYS[1], trimmed, group)
    return { 0, (rest == '' and not is_lost) and 0 or -1, is_lost and 1 or 0, {}, is_lost and ARGV[2] or rest }
  end
  local names = {}
  for number, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    names[number] = named(consumer)['name']
  end
  local unfinished = oldest_pending(KEYS[1], group) or not_given(KEYS[1], trimmed, group)
  return { group['pending'], group['lag'] or -1, has_lost(KEYS[1], trimmed, group) and 1 or 0, names, unfinished }
end

-- KEYS: outbox | watermark.  Returns: the names of the groups that are there.
local function group_names(KEYS)
  local names = {}
  for number, group in ipairs(groups_of(KEYS[1])) do names[number] = group['name'] end
  return names
end

-- KEYS: the groups' records | request record.  ARGV: fingerprint | record retention ms | name | record | most groups.
-- Returns: {"OK"} · {"EXISTS", record found} · {"FULL"} · {"REPLAY", record made then} · {"REUSED"}.
local function group_add(KEYS, ARGV)
  local before_now = carried_out(KEYS[2], ARGV[1])
  if before_now then return before_now end
  local found = redis.call('HGET', KEYS[1], ARGV[3])
  if found then return { 'EXISTS', found } end
  if redis.call('HLEN', KEYS[1]) >= count(ARGV[5], 0, 1e6, 'groups') then return { 'FULL' } end
  redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
  redis.call('SET', KEYS[2], ARGV[1] .. ARGV[4], 'PX', ARGV[2])
  return { 'OK' }
end

-- KEYS: the groups' records | request record.  ARGV: fingerprint | record retention ms | name.
-- Returns: {"OK", record} · {"MISSING"} · {"REPLAY", record removed then} · {"REUSED"}.
local function group_remove(KEYS, ARGV)
  local before_now = carried_out(KEYS[2], ARGV[1])
  if before_now then return before_now end
  local found = redis.call('HGET', KEYS[1], ARGV[3])
  if not found then return { 'MISSING' } end
  redis.call('HDEL', KEYS[1], ARGV[3])
  redis.call('SET', KEYS[2], ARGV[1] .. found, 'PX', ARGV[2])
  return { 'OK', found }
end

-- KEYS: the groups' records.  ARGV: name | record as it was read | record.
-- Returns: {"OK"} · {"MOVED"}: it is another one by now, or none.
local function group_confirm(KEYS, ARGV)
  if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return { 'MOVED' } end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  return { 'OK' }
end

-- Noticing a cut writes little.
register('outbox_noticed', noticed, { 'allow-oom' })
register('outbox_bounds', bounds, { 'no-writes' })
register('outbox_ends', ends, { 'no-writes' })
-- Trimming frees memory, so it has to work when there is none.
register('outbox_trim', trim, { 'allow-oom' })
-- Going on lets the log be trimmed.
register('outbox_hold', hold, { 'allow-oom' })
register('consumer_take', consumer_take, { 'allow-oom' })
register('consumer_move', consumer_move, { 'allow-oom' })
register('consumer_forget', consumer_forget, { 'allow-oom' })
register('outbox_figures', figures, { 'no-writes' })
-- Giving takes memory, which acknowledging what was given before frees again: so it waits while there is none.
register('group_read', group_read, {})
register('group_create', group_create, {})
register('group_destroy', group_destroy, { 'allow-oom' })
register('group_state', group_state, { 'no-writes' })
register('group_names', group_names, { 'no-writes' })
register('group_add', group_add, {}, true)
register('group_confirm', group_confirm, { 'allow-oom' }, true)
register('group_remove', group_remove, { 'allow-oom' }, true)
