#!lua name=returns_listings_@HASH@
-- Reads a partition's changes from any place on. No rule of the business is here.

-- Whether one text is at or before another, byte by byte as sorted sets have them: Lua's own comparison goes by the locale.
local function is_at_or_before(left, right)
  for position = 1, math.min(#left, #right) do
    local one, other = string.byte(left, position), string.byte(right, position)
    if one ~= other then return one < other end
  end
  return #left <= #right
end

-- KEYS: changes.  ARGV: time in ms | case id, or "" for all of that time | most entries.
-- Any number of cases may have changed at the same time, so the place among them is searched for and not counted off.
-- Returns: case id, time in ms, case id, time in ms … of what stands behind that place, by time and case id.
local function changed_after(KEYS, ARGV)
  local time, id = ARGV[1], ARGV[2]
  local limit = count(ARGV[3], 1, 1000, 'limit')
  local first = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. time)
  if id ~= '' then
    local beyond = first + redis.call('ZCOUNT', KEYS[1], time, time)
    while first < beyond do
      local middle = math.floor((first + beyond) / 2)
      if is_at_or_before(redis.call('ZRANGE', KEYS[1], middle, middle)[1], id) then
        first = middle + 1
      else
        beyond = middle
      end
    end
  end
  return redis.call('ZRANGE', KEYS[1], first, first + limit - 1, 'WITHSCORES')
end

register('changed_after', changed_after, { 'no-writes' })
