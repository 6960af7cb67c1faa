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

  local function is_listed(clock)
    local id, key = string.match(clock, '^[^/]*'), sets
    for group = 7, #ARGV do
      local listings, found = tonumber(ARGV[group]), false
      for listing = key + 1, key + listings do
        found = found or redis.call('ZSCORE', KEYS[listing], id)
      end
      if not found then return false end
      key = key + listings
    end
    return true
  end

  for number = 1, sets do
    local rank = rank_behind(KEYS[number], ARGV[3], ARGV[4])
    line_up({
      key = KEYS[number], rank = rank, next = 1,
      read = redis.call('ZRANGE', KEYS[number], rank, rank + together - 1, 'WITHSCORES'),
    })
  end
  local reply, looked = { 0, 0, '', '' }, 0
  while heads[1] and looked < most and #reply < 4 + 2 * limit do
    local set = table.remove(heads, 1)
    local due = set.read[set.next + 1]
    looked = looked + 1
    reply[3], reply[4] = set.clock, due
    if is_listed(set.clock) then
      table.insert(reply, set.clock)
      table.insert(reply, due)
    end
    set.next = set.next + 2
    line_up(set)
  end
  reply[1], reply[2] = looked, heads[1] and 0 or 1
  return reply
end

register('running_after', running_after, { 'no-writes' })
register('changed_after', changed_after, { 'no-writes' })
