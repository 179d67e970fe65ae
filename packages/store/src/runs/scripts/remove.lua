-- Deletes all that Redis holds of an ended run. Of which project it was is told where its record can be read.
heal()
local id = args.id
local run = fields(key('run', id), 'state', 'project')
local state = run.state or ended_state(id)
if not state then return { 0 } end
if not has_ended[state] then return { -1, state } end

local project = run.project or given(args.project) and args.project
redis.call('ZREM', key('state', state), id)
for _, name in ipairs(project and { project } or redis.call('ZRANGE', key('projects'), 0, -1)) do
  local runs = key('project', redis.sha1hex(name))
  if redis.call('ZREM', runs, id) == 1 and redis.call('EXISTS', runs) == 0 then redis.call('HDEL', key('durations'), name) end
end
for _, index in ipairs(redis.call('HKEYS', key('mails', id))) do
  redis.call('ZREM', key('outbox'), delivery_token(id, index))
  redis.call('ZREM', key('tellings'), delivery_token(id, index))
end
redis.call('ZREM', key('closing'), id)
redis.call('SREM', key('pinned'), id)
redis.call('HDEL', key('notes'), id)
redis.call('DEL', key('run', id), key('events', id), key('mails', id))
redis.call('PUBLISH', key('changes'), id .. ' deleted')
return { 1 }
