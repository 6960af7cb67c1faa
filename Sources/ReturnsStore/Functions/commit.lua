#!lua name=returns_@HASH@
-- The one function that writes cases and orders. It knows keys, guards and writes, and no rule of the business.
--
-- KEYS: every key touched. KEYS[1] is the request record when ARGV[1] is not empty.
-- ARGV: fingerprint | record | record retention ms
--       | number of guards | guards: key index, expected version ("0": the key must be absent)
--       | number of writes | writes: operation, key index, argument count, arguments …
-- Operations: H hset field value … · Z zadd score member … · z zrem member … · R rpush value …
--             X xadd field value … · I hincrby field amount …, where a hash that is full adds up new fields as OTHERS
-- Returns: {"OK"} · {"REPLAY", record} · {"REUSED"} · {"STALE", guard number, version found}
-- A malformed call is an error, raised before the first write: a function that fails half-way keeps what it wrote.

local GUARDS_MAX = 16
local WRITES_MAX = 512
local ARGUMENTS_MAX = 1024 -- unpack of more than about 8000 fails
local SUMS_MAX = 4096 -- fields of a hash of sums; their names are FIRST|…|LAST
local OTHERS = '%1|(other)|(other)|%2'

local COMMANDS = { H = 'HSET', Z = 'ZADD', z = 'ZREM', R = 'RPUSH' }
-- Each raises WRONGTYPE where its operation would.
local PROBES = { H = 'HLEN', Z = 'ZCARD', z = 'ZCARD', R = 'LLEN', X = 'XLEN', I = 'HLEN' }
local SHAPES = { -- smallest number of arguments, and their multiple
  H = { 2, 2 }, Z = { 2, 2 }, z = { 1, 1 }, R = { 1, 1 }, X = { 2, 2 }, I = { 2, 2 },
}

-- Redis runs nothing else meanwhile, and a call from Lua costs it more than most of the commands do: so there is none too many.
local function commit(KEYS, ARGV)
  local call = redis.call
  local fingerprint = ARGV[1]
  if fingerprint ~= '' then
    local record = call('GET', KEYS[1])
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
    local found = call('HGET', key, 'v') or '0'
    if found ~= expected then return { 'STALE', guard, found } end
    position = position + 2
  end

  -- First look at every write, then write.
  local writes = count(ARGV[position], 0, WRITES_MAX, 'writes')
  position = position + 1
  local first = position
  local probes = {} -- by key
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
        local sum = call('HGET', key, ARGV[field])
        if not sum and call('HLEN', key) >= SUMS_MAX then
          ARGV[field] = string.gsub(ARGV[field], '^([^|]*)|.*|([^|]*)$', OTHERS)
          sum = call('HGET', key, ARGV[field])
        end
        -- Redis would refuse to add to anything else, after other writes.
        if sum and not string.match(sum, '^%d+$') then
          return redis.error_reply('WRONGTYPE write I meets no number')
        end
      end
    end
    local probe = PROBES[operation]
    if probes[key] ~= probe then
      if probes[key] then malformed('two kinds of one key') end
      call(probe, key)
      probes[key] = probe
    end
    position = position + 3 + arguments
  end
  if position ~= #ARGV + 1 then malformed('length') end

  position = first
  for _ = 1, writes do
    local operation = ARGV[position]
    local key = KEYS[tonumber(ARGV[position + 1])]
    local last = position + 2 + tonumber(ARGV[position + 2])
    if operation == 'I' then
      for field = position + 3, last, 2 do call('HINCRBY', key, ARGV[field], ARGV[field + 1]) end
    elseif operation == 'X' then
      call('XADD', key, '*', unpack(ARGV, position + 3, last))
    else
      call(COMMANDS[operation], key, unpack(ARGV, position + 3, last))
    end
    position = last + 1
  end
  if fingerprint ~= '' then call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
  return { 'OK' }
end

register('commit', commit, {}, true)
