-- What a run that has not started waits for, as facts. Changes nothing.
-- args: id
-- returns JSON {state, position, kind, demand, alive, free, all, by (a run, or ''), labels}, or '' when it does not wait
local id = args.id
local rank = redis.call('ZRANK', key('queue'), id)
if not rank then return '' end
local run = run_get(id, 'state', 'submitter', 'lockTarget', 'shared', 'labels', 'nodes', 'seq')
local answer = { state = run[1], position = rank + 1, kind = 'prepare', demand = tonumber(run[6]), by = '', labels = run[5] or '' }
local waits_for_preflight = redis.call('ZSCORE', key('preflights'), id) -- still 'preparing'
if run[1] == 'waiting' or waits_for_preflight then
  local nodes = count_nodes(run[5])
  answer.alive, answer.free, answer.all = nodes.alive, nodes.free, nodes.all
end
if waits_for_preflight then
  answer.kind = 'preflight'
elseif run[1] == 'waiting' then
  local nodes = answer
  answer.kind = 'nodes'
  local mine = given(rules.perSubmitter) and redis.call('SCARD', key('submitter', run[2])) >= rules.perSubmitter
  local busy = ''
  for _, target in ipairs(targets_of(run[3])) do
    local runs = redis.call('HGETALL', key('target', target))
    for i = 1, #runs, 2 do
      if run[4] ~= '1' or runs[i + 1] ~= '1' then busy = runs[i] end
    end
  end
  local group = redis.call('ZRANGE', key('groups'), 0, 0)[1]
  local ahead = group and redis.call('ZRANGE', key('group', group), 0, 0)[1]
  if redis.call('EXISTS', key('paused')) == 1 then
    answer.kind = 'paused'
  elseif mine then
    answer.kind = 'submitter'
    answer.by = redis.call('SRANDMEMBER', key('submitter', run[2])) or ''
  elseif busy ~= '' then
    answer.kind = 'target'
    answer.by = busy
  elseif nodes.all == 0 then
    answer.kind = 'no-nodes'
  elseif ahead and ahead ~= id and tonumber(run_get(ahead, 'seq')[1]) < tonumber(run[7]) then
    answer.kind = 'ahead'
    answer.by = ahead
  end
end
return cjson.encode(answer)
