-- What stands at the beginning of every library of the store.

local function malformed(what)
  error({ err = 'ERR malformed call: ' .. what })
end

local function count(text, least, most, what)
  local number = tonumber(text)
  if not number or number < least or number > most or number % 1 ~= 0 then malformed(what) end
  return number
end

-- What a request did when it was carried out before: its record begins with the request's fingerprint.
local function carried_out(key, fingerprint)
  local record = redis.call('GET', key)
  if not record then return nil end
  if string.sub(record, 1, #fingerprint) ~= fingerprint then return { 'REUSED' } end
  return { 'REPLAY', string.sub(record, #fingerprint + 1) }
end

-- Registers a function that takes part in a run of the store.
--
-- Its last key is the mark of the hash slot that its other keys lie in, its last argument the run that the caller takes part in;
-- the function itself sees neither among its own, and is handed the mark besides. A mark that names another run, or none, means that
-- Redis was emptied, exchanged, set back or restarted since the caller looked at it last: nothing is read or written.
--
-- A counted function is one whose effects an acknowledgement promises to keep. Where it answers {"OK", …} the slot's counter rises.
-- Its reply comes as {counter or 0, reply}, so that a server can tell later whether this Redis still has all that it acknowledged.
local function register(name, callback, flags, counted)
  redis.register_function({
    function_name = 'returns_' .. name .. '_@HASH@',
    flags = flags,
    callback = function(KEYS, ARGV)
      local mark, run = table.remove(KEYS), table.remove(ARGV)
      if not mark or redis.call('HGET', mark, 'run') ~= run then
        return redis.error_reply('OTHERRUN the store is at another run than the caller')
      end
      local reply = callback(KEYS, ARGV, mark)
      if not counted then return reply end
      if reply.err then return reply end
      return { reply[1] == 'OK' and redis.call('HINCRBY', mark, 'n', 1) or 0, reply }
    end,
  })
end
