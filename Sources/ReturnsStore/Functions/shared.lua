-- What stands at the beginning of every library of the store.

local function malformed(what)
  error({ err = 'MALFORMED call: ' .. what })
end

local function count(text, least, most, what)
  local number = tonumber(text)
  if not number or number < least or number > most or number % 1 ~= 0 then malformed(what) end
  return number
end

-- The number that a text stands for, if it is written as Redis itself writes a number that is not negative; otherwise nil. Redis
-- refuses signs, blanks and zeros before it, and what overflows, which tonumber takes.
local DIGITS_MAX = 15 -- of a number that is added up; Lua and Redis are exact far beyond
local function whole(text)
  if #text > DIGITS_MAX or text ~= '0' and not string.find(text, '^[1-9]%d*$') then return nil end
  return tonumber(text)
end

-- A mark's counts: what counted functions have done, events that the outbox is to have, how often it was cut by hand.
local COUNTS = { 'n', 'kept', 'cuts' }

-- Returns: what the mark says of its run and its counts; or nil, and the error of a mark that nothing can be added to.
local function read_mark(mark)
  local found = redis.pcall('HMGET', mark, 'run', unpack(COUNTS))
  if found.err then return nil, redis.error_reply('MARKDAMAGED the mark is no hash') end
  for number = 1, #COUNTS do
    local text = found[number + 1]
    if text and not whole(text) then
      return nil, redis.error_reply('MARKDAMAGED a count of the mark is no number')
    end
  end
  return { run = found[1] }
end

-- What a request did when it was carried out before: its record begins with the request's fingerprint.
local function carried_out(key, fingerprint)
  local record = redis.call('GET', key)
  if not record then return nil end
  if string.sub(record, 1, #fingerprint) ~= fingerprint then return { 'REUSED' } end
  return { 'REPLAY', string.sub(record, #fingerprint + 1) }
end

local RISES = { OK = 1, SAME = 0 }

-- Registers a function that takes part in a run of the store.
--
-- Its last key is the mark of the hash slot that its other keys lie in, its last argument the run that the caller takes part in;
-- the function itself sees neither among its own, and is handed the mark besides. A mark that names another run, or none, means that
-- Redis was emptied, exchanged, set back or restarted since the caller looked at it last: nothing is read or written. Nor is it
-- where a count of the mark is no number: adding to it would fail behind the function's other writes.
--
-- A counted function is one whose effects an acknowledgement promises to keep. Where it answers {"OK", …} the slot's counter rises;
-- {"SAME"} is answered with the counter as it is, since an earlier call has made the change.
-- Its reply comes as {counter or 0, reply}, so that a server can tell later whether this Redis still has all that it acknowledged.
local function register(name, callback, flags, counted)
  redis.register_function({
    function_name = 'returns_' .. name .. '_@HASH@',
    flags = flags,
    callback = function(KEYS, ARGV)
      local mark, run = table.remove(KEYS), table.remove(ARGV)
      local found, damage = read_mark(mark or '')
      if damage then return damage end
      if found.run ~= run then
        return redis.error_reply('OTHERRUN the store is at another run than the caller')
      end
      local reply = callback(KEYS, ARGV, mark)
      if not counted then return reply end
      if reply.err then return reply end
      local rise = RISES[reply[1]]
      return { rise and redis.call('HINCRBY', mark, 'n', rise) or 0, reply }
    end,
  })
end
