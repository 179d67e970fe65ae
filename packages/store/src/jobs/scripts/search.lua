-- A round of safety: runs that should have a prepare, preflight or finalize job and have none get it again.
local stage = args.stage
local from = redis.call('GET', key('searched', stage))
local ids = redis.call('ZRANGEBYLEX', key('state', job_states[stage]), from and '(' .. from or '-', '+', 'LIMIT', 0, args.count)
if #ids < args.count then
  redis.call('DEL', key('searched', stage))
else
  redis.call('SET', key('searched', stage), ids[#ids])
end
local found = 0
for _, id in ipairs(ids) do
  local run = fields(key('run', id), 'try', 'desk', 'notBefore')
  local known = run.desk or redis.call('HEXISTS', key('doomed'), id) == 1 or tonumber(run.notBefore or 0) > now
  if not known and redis.call('EXISTS', args.jobKey .. try_id(stage, id, run.try)) == 0 then
    owe_try(stage, id, tonumber(run.try))
    found = found + 1
  end
end
return found
