#!lua name=returns_access_@HASH@
-- Keeps the registry of principals: one record for all servers. What it holds is the servers' own; here it is bytes.

-- Every change has a stamp of its own, so a registry that was restored from a copy never looks like a newer one, and a change that
-- is sent twice is known the second time.
-- KEYS: registry.  ARGV: stamp that the change was decided on ("": there was no registry) | new stamp | new record.
-- Returns: {"OK"}: it is there, by this call or an earlier one of the same · {"MOVED"}: it changed meanwhile.
local function access_replace(KEYS, ARGV)
  local stamp = redis.call('HGET', KEYS[1], 'v') or ''
  if stamp ~= '' and stamp == ARGV[2] then return { 'OK' } end
  if stamp ~= ARGV[1] then return { 'MOVED' } end
  if ARGV[2] == '' or not ARGV[3] then malformed('stamp or record') end
  redis.call('HSET', KEYS[1], 'v', ARGV[2], 'b', ARGV[3])
  return { 'OK' }
end

register('access_replace', access_replace, {}, true)
