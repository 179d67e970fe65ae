-- A round of safety: runs that should have a prepare, preflight or finalize job and have none get it again.
-- args: stage ('prepare' | 'preflight' | 'finalize'), jobKey (BullMQ's key of a job of this queue, without the id), count
-- returns how many were found
local state = job_states[args.stage]
local from = redis.call('GET', key('searched', args.stage))
local ids = redis.call('ZRANGEBYLEX', key('state', state), from and '(' .. from or '-', '+', 'LIMIT', 0, args.count)
if #ids < args.count then
  redis.call('DEL', key('searched', args.stage))
else
  redis.call('SET', key('searched', args.stage), ids[#ids])
end
local found = 0
for _, id in ipairs(ids) do
  local run = run_get(id, 'try', 'desk')
  local job = args.stage .. '-' .. id .. '-' .. run[1]
  local known = given(run[2]) or redis.call('HEXISTS', key('doomed'), id) == 1
  if not known and redis.call('EXISTS', args.jobKey .. job) == 0 then
    owe(args.stage, args.stage, job, { runId = id, try = tonumber(run[1]) })
    found = found + 1
  end
end
return found
