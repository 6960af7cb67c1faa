#!lua name=returns_@HASH@
-- The one function that writes cases and orders. It knows keys, guards and writes, and no rule of the business.
--
-- KEYS: every key touched. KEYS[1] is the request record when ARGV[1] is not empty.
-- ARGV: fingerprint | record | record retention ms
--       | number of guards | guards: key index, expected version ("0": the key must be absent)
--       | number of writes | writes: operation, key index, argument count, arguments …
-- Operations: H hset field value … · Z zadd score member … · z zrem member … · R rpush value …
--             X xadd field value … · I hincrby field amount …
-- Returns: {"OK"} · {"REPLAY", record} · {"REUSED"} · {"STALE", guard number, version found}
-- A malformed call is an error, raised before the first write: a function that fails half-way keeps what it wrote.

local GUARDS_MAX = 16
local WRITES_MAX = 512
local ARGUMENTS_MAX = 1024 -- unpack of more than about 8000 fails

local TYPES = { H = 'hash', Z = 'zset', z = 'zset', R = 'list', X = 'stream', I = 'hash' }
local SHAPES = { -- smallest number of arguments, and their multiple
  H = { 2, 2 }, Z = { 2, 2 }, z = { 1, 1 }, R = { 1, 1 }, X = { 2, 2 }, I = { 2, 2 },
}

local function commit(KEYS, ARGV)
  local fingerprint = ARGV[1]
  if fingerprint ~= '' then
    local record = redis.call('GET', KEYS[1])
    if record then
      if string.sub(record, 1, #fingerprint) == fingerprint then return { 'REPLAY', record } end
      return { 'REUSED' }
    end
  end

  local position = 4
  local guards = count(ARGV[position], 0, GUARDS_MAX, 'guards')
  position = position + 1
  for guard = 1, guards do
    local key = KEYS[count(ARGV[position], 0, #KEYS, 'guard key')]
    if not key then malformed('guard key') end
    local expected = ARGV[position + 1]
    local found = redis.call('HGET', key, 'v') or '0'
    if found ~= expected then return { 'STALE', guard, found } end
    position = position + 2
  end

  -- First look at every write, then write.
  local writes = count(ARGV[position], 0, WRITES_MAX, 'writes')
  position = position + 1
  local first = position
  for _ = 1, writes do
    local operation = ARGV[position]
    local shape = SHAPES[operation]
    local key = KEYS[count(ARGV[position + 1], 0, #KEYS, 'write key')]
    if not shape or not key then malformed('operation or key') end
    local arguments = count(ARGV[position + 2], 0, ARGUMENTS_MAX, 'arguments')
    if arguments < shape[1] or arguments % shape[2] ~= 0 then malformed('shape of ' .. operation) end
    if operation == 'Z' then
      for score = position + 3, position + 2 + arguments, 2 do
        local number = tonumber(ARGV[score])
        -- Neither infinite nor not a number, which does not equal itself: Redis refuses the latter after other writes.
        if not number or number ~= number or number - number ~= 0 then malformed('score') end
      end
    elseif operation == 'I' then
      for field = position + 3, position + 2 + arguments, 2 do
        if not string.match(ARGV[field + 1], '^%d+$') then malformed('amount') end
        local sum = redis.call('HGET', key, ARGV[field])
        -- Redis would refuse to add to anything else, after other writes.
        if sum and not string.match(sum, '^%d+$') then
          return redis.error_reply('WRONGTYPE write I meets no number')
        end
      end
    end
    local kind = redis.call('TYPE', key).ok
    if kind ~= 'none' and kind ~= TYPES[operation] then
      return redis.error_reply('WRONGTYPE write ' .. operation .. ' meets a ' .. kind)
    end
    position = position + 3 + arguments
  end
  if position ~= #ARGV + 1 then malformed('length') end

  position = first
  for _ = 1, writes do
    local operation = ARGV[position]
    local key = KEYS[tonumber(ARGV[position + 1])]
    local last = position + 2 + tonumber(ARGV[position + 2])
    if operation == 'H' then
      redis.call('HSET', key, unpack(ARGV, position + 3, last))
    elseif operation == 'Z' then
      redis.call('ZADD', key, unpack(ARGV, position + 3, last))
    elseif operation == 'z' then
      redis.call('ZREM', key, unpack(ARGV, position + 3, last))
    elseif operation == 'R' then
      redis.call('RPUSH', key, unpack(ARGV, position + 3, last))
    elseif operation == 'I' then
      for field = position + 3, last, 2 do redis.call('HINCRBY', key, ARGV[field], ARGV[field + 1]) end
    else
      redis.call('XADD', key, '*', unpack(ARGV, position + 3, last))
    end
    position = last + 1
  end
  if fingerprint ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
  return { 'OK' }
end

redis.register_function('returns_commit_@HASH@', commit)
