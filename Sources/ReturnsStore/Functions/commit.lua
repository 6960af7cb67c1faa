#!lua name=returns_@HASH@
-- The one function that writes cases and orders. It knows keys, guards and writes, and no rule of the business.
--
-- KEYS: every key touched. KEYS[1] is the request record when ARGV[1] is not empty.
-- ARGV: fingerprint | record | record retention ms | plan
--       | of each guard, the expected version ("0": the key must be absent)
--       | of each write, its arguments
-- The plan says in bytes what the rest is, since every argument costs Redis more than the few bytes in it; numbers of two bytes
-- have the high one first:
--       number of guards (2) | of each guard, its key's index (2)
--       | of each write, its operation (1), its key's index (2), how many arguments it has (2)
-- Operations: L enter a listing: member · H hset field value … · Z zadd score member … · z zrem member … · R rpush value …
--             X xadd field value … · I hincrby field amount …, where a hash that is full adds up new fields as OTHERS
-- Returns: {"OK"} · {"REPLAY", record} · {"REUSED"} · {"STALE", guard number, version found}
-- A malformed call is an error, raised before the first write: a function that fails half-way keeps what it wrote.
--
-- Everything that can fail is looked at before the first write. Should a write fail all the same, the reply is the error HALFWAY,
-- and a repetition of the request is answered by its record: the record is written before all that cannot be taken back.

local GUARDS_MAX = 512 -- an order and all its cases
local WRITES_MAX = 512
local ARGUMENTS_MAX = 1024 -- unpack of more than about 8000 fails
local SUMS_MAX = 4096 -- fields of a hash of sums; their names are FIRST|…|LAST
local OTHERS = '%1|(other)|(other)|%2'
local SCORE_BYTES_MAX = 20 -- a whole number of 64 bits, with its sign
local LAST_MS = '18446744073709551615-' -- what the last ids of a stream begin with

-- Of an operation: its command; the kind of key that it writes; a command that raises WRONGTYPE where the operation would; the
-- smallest number of arguments, and their multiple. Keyed by the letter's byte, which Lua cannot be asked for while functions are
-- loaded.
--
-- Sums are a kind of their own although a hash holds them: what was looked at must be what is added to.
local ENTER = { command = 'ZADD', kind = 'set', least = 1, most = 1, multiple = 1 }
local ADD = { command = 'ZADD', kind = 'set', probe = 'ZCARD', least = 2, multiple = 2 }
local STREAM = { command = 'XADD', kind = 'stream', probe = 'XLEN', least = 2, multiple = 2 }
local INCREMENT = { command = 'HINCRBY', kind = 'sums', probe = 'HLEN', least = 2, multiple = 2 }
local OPERATIONS = {
  [76] = ENTER, -- L
  [72] = { command = 'HSET', kind = 'hash', probe = 'HLEN', least = 2, multiple = 2 }, -- H
  [90] = ADD, -- Z
  [122] = { command = 'ZREM', kind = 'set', probe = 'ZCARD', least = 1, multiple = 1 }, -- z
  [82] = { command = 'RPUSH', kind = 'list', probe = 'LLEN', least = 1, multiple = 1 }, -- R
  [88] = STREAM, -- X
  [73] = INCREMENT, -- I
}

-- Scores are times in ms. Of what tonumber takes, Redis refuses some after other writes: a blank before it, or no number.
local function check_scores(ARGV, first, last)
  for position = first, last, 2 do
    local score = ARGV[position]
    if #score > SCORE_BYTES_MAX or not string.find(score, '^%-?%d+$') then malformed('score') end
  end
end

-- Whether each sum is one that Redis adds to, and stays one: it would refuse anything else after other writes.
-- sums: by field, what the sum comes to with the amounts looked at so far.
local function check_sums(sums, key, ARGV, first, last)
  for position = first, last, 2 do
    local amount = whole(ARGV[position + 1])
    if not amount then malformed('amount') end
    local sum = sums[ARGV[position]] or redis.call('HGET', key, ARGV[position])
    if not sum and redis.call('HLEN', key) >= SUMS_MAX then
      ARGV[position] = string.gsub(ARGV[position], '^([^|]*)|.*|([^|]*)$', OTHERS)
      sum = sums[ARGV[position]] or redis.call('HGET', key, ARGV[position])
    end
    if type(sum) ~= 'number' then sum = whole(sum or '0') end
    if not sum or sum + amount >= 10 ^ DIGITS_MAX then return false end
    sums[ARGV[position]] = sum + amount
  end
  return true
end

local function leave(entries)
  for _, entry in ipairs(entries) do
    if entry.is_new then redis.call('ZREM', entry[1], entry[2]) end
  end
end

-- Enters the case into the listings, and then adds the first event: all of it or nothing. What type these keys have shows by the
-- attempt, which costs less than a look at each before. A stream may also refuse by itself, when it has given its last id.
-- Returns: the error of what failed.
local function attempt(entries, stream, ...)
  for _, entry in ipairs(entries) do
    local reply = redis.pcall('ZADD', entry[1], '0', entry[2])
    if type(reply) == 'table' and reply.err then
      leave(entries)
      return reply
    end
    entry.is_new = reply == 1
  end
  if not stream then return nil end
  local reply = redis.pcall('XADD', stream, '*', ...)
  if type(reply) == 'table' then
    leave(entries)
    -- It has given its last id.
    if string.find(reply.err, '^ERR') then return redis.error_reply('WRONGTYPE write X meets a stream that is at its end') end
    return reply
  end
  -- So near to the last id, the next event might find none.
  if string.sub(reply, 1, #LAST_MS) == LAST_MS then
    redis.call('XDEL', stream, reply)
    leave(entries)
    return redis.error_reply('WRONGTYPE write X meets a stream near its last id')
  end
end

-- Makes the writes of a plan, but for those that the attempt has made.
-- Returns: how many events were added.
local function write(KEYS, ARGV, plan, first, last, tried)
  local call = redis.call
  local events = 0
  for byte = first, #plan, 5 do
    local operation = OPERATIONS[plan[byte]]
    local key = KEYS[plan[byte + 1] * 256 + plan[byte + 2]]
    local start = last + 1
    last = last + plan[byte + 3] * 256 + plan[byte + 4]
    if operation == INCREMENT then
      for position = start, last, 2 do call('HINCRBY', key, ARGV[position], ARGV[position + 1]) end
    elseif operation == STREAM then
      if byte ~= tried then call('XADD', key, '*', unpack(ARGV, start, last)) end
      events = events + 1
    elseif operation ~= ENTER then
      call(operation.command, key, unpack(ARGV, start, last))
    end
  end
  return events
end

-- Redis runs nothing else meanwhile, and a call from Lua costs it more than most of the commands do: so there is none too many.
local function commit(KEYS, ARGV, mark)
  local call = redis.call
  local fingerprint = ARGV[1]
  if fingerprint ~= '' then
    local record = call('GET', KEYS[1])
    if record then
      if string.sub(record, 1, #fingerprint) == fingerprint then return { 'REPLAY', record } end
      return { 'REUSED' }
    end
  end

  if not ARGV[4] or #ARGV[4] > 2 + 2 * GUARDS_MAX + 5 * WRITES_MAX then malformed('plan') end
  if fingerprint ~= '' and (whole(ARGV[3]) or 0) == 0 then malformed('retention') end
  local plan = { string.byte(ARGV[4], 1, -1) }
  local guards = plan[2] and plan[1] * 256 + plan[2]
  local first = 3 + 2 * (guards or 0) -- byte of the first write
  if not guards or guards > GUARDS_MAX or #plan < first - 1 or (#plan - first + 1) % 5 ~= 0 then malformed('plan') end
  local kinds = {} -- by key, what it is; its type is looked at, or shows by the attempt, before the first write
  for guard = 1, guards do
    local key = KEYS[plan[1 + 2 * guard] * 256 + plan[2 + 2 * guard]]
    local expected = ARGV[4 + guard]
    if not key or not expected then malformed('guard') end
    local found = call('HGET', key, 'v') or '0'
    if found ~= expected then return { 'STALE', guard, found } end
    kinds[key] = 'hash'
  end

  -- First look at every write, then write.
  local entries, sums, last = {}, {}, 4 + guards -- last argument so far
  local tried, tried_key, tried_first, tried_last -- byte of the write that is tried, its key, its arguments
  for byte = first, #plan, 5 do
    local operation = OPERATIONS[plan[byte]]
    local key = KEYS[plan[byte + 1] * 256 + plan[byte + 2]]
    local arguments = plan[byte + 3] * 256 + plan[byte + 4]
    if not operation or not key then malformed('operation or key') end
    if arguments < operation.least or arguments > (operation.most or ARGUMENTS_MAX) or arguments % operation.multiple ~= 0 then
      malformed('shape of ' .. operation.command)
    end
    local start = last + 1
    last = last + arguments
    if last > #ARGV then malformed('length') end
    local is_new = not kinds[key]
    if not is_new and kinds[key] ~= operation.kind then malformed('two kinds of one key') end
    kinds[key] = operation.kind
    if operation == ENTER then
      entries[#entries + 1] = { key, ARGV[start] }
    elseif not tried and is_new and operation == STREAM then
      tried, tried_key, tried_first, tried_last = byte, key, start, last
    elseif is_new then
      call(operation.probe, key)
    end
    if operation == ADD then
      check_scores(ARGV, start, last)
    elseif operation == INCREMENT then
      sums[key] = sums[key] or {}
      if not check_sums(sums[key], key, ARGV, start, last) then
        return redis.error_reply('WRONGTYPE write I meets no number, or one too large')
      end
    end
  end
  if last ~= #ARGV then malformed('length') end

  local refusal
  if tried then
    refusal = attempt(entries, tried_key, unpack(ARGV, tried_first, tried_last))
  else
    refusal = attempt(entries)
  end
  if refusal then return refusal end
  local is_whole = pcall(function()
    if fingerprint ~= '' then call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
    local events = write(KEYS, ARGV, plan, first, 4 + guards, tried)
    if events > 0 then call('HINCRBY', mark, 'kept', events) end
  end)
  if not is_whole then return redis.error_reply('HALFWAY the commit failed behind its first write') end
  return { 'OK' }
end

register('commit', commit, {}, true)
