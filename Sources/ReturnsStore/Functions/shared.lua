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
