#!lua name=returns_listings_@HASH@
-- Reads a partition's changes, and its running clocks, from any place on. No rule of the business is here.

-- Whether one text is at or before another, byte by byte as sorted sets have them: Lua's own comparison goes by the locale.
local function is_at_or_before(left, right)
  for position = 1, math.min(#left, #right) do
    local one, other = string.byte(left, position), string.byte(right, position)
    if one ~= other then return one < other end
  end
  return #left <= #right
end

-- The rank of the first member behind a place: behind a member of this time, or at the beginning of the time where that is "".
-- Any number of members may have the same time, so the place among them is searched for and not counted off.
local function rank_behind(key, time, member)
  local first = redis.call('ZCOUNT', key, '-inf', '(' .. time)
  if member == '' then return first end
  local beyond = first + redis.call('ZCOUNT', key, time, time)
  while first < beyond do
    local middle = math.floor((first + beyond) / 2)
    if is_at_or_before(redis.call('ZRANGE', key, middle, middle)[1], member) then
      first = middle + 1
    else
      beyond = middle
    end
  end
  return first
end

-- KEYS: changes.  ARGV: time in ms | case id, or "" for all of that time | most entries.
-- Returns: case id, time in ms, case id, time in ms … of what stands behind that place, by time and case id.
local function changed_after(KEYS, ARGV)
  local time, id = ARGV[1], ARGV[2]
  local limit = count(ARGV[3], 1, 1000, 'limit')
  local first = rank_behind(KEYS[1], time, id)
  return redis.call('ZRANGE', KEYS[1], first, first + limit - 1, 'WITHSCORES')
end

-- Walks over the running clocks of several kinds by due time, and at the same time by member. Only those are returned whose case
-- stands, for each group, in one of its listings: so somebody's clocks are found among others' without reading a case.
-- KEYS: running clocks, a set of each kind … | listings of the first group … | of the next …
-- ARGV: how many sets there are | due before this time in ms, or "+inf" | place: time in ms | place: clock, or "" for all of that
--       time | most clocks returned | most looked at | how many listings the first group has | the next …
-- Returns: how many were looked at | 1 if none follow, else 0 | the last one looked at, or "" | its due time, or "" | clock, due
--          time …
local function running_after(KEYS, ARGV)
  local sets = count(ARGV[1], 1, #KEYS, 'sets')
  local before = ARGV[2] == '+inf' and math.huge or tonumber(ARGV[2])
  local limit, most = count(ARGV[5], 1, 1000, 'limit'), count(ARGV[6], 1, 1000, 'looked at')
  local together = math.max(4, math.ceil(most / sets)) -- read of a set at once

  -- The sets that have more, by their next clock.
  local heads = {}
  local function line_up(set)
    if set.next > #set.read then
      if #set.read < 2 * together then return end
      set.rank, set.next = set.rank + together, 1
      set.read = redis.call('ZRANGE', set.key, set.rank, set.rank + together - 1, 'WITHSCORES')
      if #set.read == 0 then return end
    end
    set.clock, set.due = set.read[set.next], tonumber(set.read[set.next + 1])
    if set.due >= before then return end
    local position = 1
    while heads[position] and (heads[position].due < set.due
      or heads[position].due == set.due and is_at_or_before(heads[position].clock, set.clock)) do
      position = position + 1
    end
    table.insert(heads, position, set)
  end

  -- Which of these cases stand in a listing of each group. A listing is asked about all of them at once: asking about each by
  -- itself would take most of the time.
  local function listed(ids)
    local passed, key = {}, sets
    for position = 1, #ids do passed[position] = true end
    for group = 7, #ARGV do
      local listings, found = tonumber(ARGV[group]), {}
      for listing = key + 1, key + listings do
        local asked, positions = {}, {}
        for position = 1, #ids do
          if passed[position] and not found[position] then
            table.insert(asked, ids[position])
            table.insert(positions, position)
          end
        end
        if #asked == 0 then break end
        local scores = redis.call('ZMSCORE', KEYS[listing], unpack(asked))
        for index = 1, #positions do found[positions[index]] = scores[index] end
      end
      for position = 1, #ids do passed[position] = passed[position] and found[position] end
      key = key + listings
    end
    return passed
  end

  for number = 1, sets do
    local rank = rank_behind(KEYS[number], ARGV[3], ARGV[4])
    line_up({
      key = KEYS[number], rank = rank, next = 1,
      read = redis.call('ZRANGE', KEYS[number], rank, rank + together - 1, 'WITHSCORES'),
    })
  end
  local reply, looked, full = { 0, 0, '', '' }, 0, false
  while heads[1] and looked < most and not full do
    local clocks, dues, ids = {}, {}, {}
    local some = math.min(most - looked, math.max(16, 2 * limit + 4 - #reply))
    while heads[1] and #clocks < some do
      local set = table.remove(heads, 1)
      table.insert(clocks, set.clock)
      table.insert(dues, set.read[set.next + 1])
      table.insert(ids, string.match(set.clock, '^[^/]*'))
      set.next = set.next + 2
      line_up(set)
    end
    local passed = listed(ids)
    for position = 1, #clocks do
      full = #reply >= 4 + 2 * limit
      if full then break end
      looked, reply[3], reply[4] = looked + 1, clocks[position], dues[position]
      if passed[position] then
        table.insert(reply, clocks[position])
        table.insert(reply, dues[position])
      end
    end
  end
  reply[1], reply[2] = looked, (full or heads[1]) and 0 or 1
  return reply
end

-- The same range of several sets, read together: what moves from one to another stands in one of them. Not by MULTI, in which Redis
-- takes nothing when its memory is full.
-- KEYS: sets …  ARGV: command | what follows the key …  Returns: of each set what the command does.
local RANGES = { ZRANGEBYLEX = true, ZREVRANGEBYLEX = true, ZRANGEBYSCORE = true }
local function ranges(KEYS, ARGV)
  if not RANGES[ARGV[1]] then malformed('range') end
  local found = {}
  for number, key in ipairs(KEYS) do found[number] = redis.call(ARGV[1], key, unpack(ARGV, 2)) end
  return found
end

register('ranges', ranges, { 'no-writes' })
register('running_after', running_after, { 'no-writes' })
register('changed_after', changed_after, { 'no-writes' })
