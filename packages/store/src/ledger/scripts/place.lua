-- What a run that has not started waits for, as facts. Changes nothing.
local id = args.id
local rank = redis.call('ZRANK', key('queue'), id)
if not rank then return '' end
local run = fields(key('run', id), 'state', 'submitter', 'lockTarget', 'shared', 'labels', 'locations', 'nodes', 'seq', 'notBefore')
local answer = { state = run.state, position = rank + 1, kind = 'prepare', demand = tonumber(run.nodes), by = '', labels = run.labels or '' }
local waits_for_preflight = redis.call('ZSCORE', key('preflights'), id) -- still 'preparing'
local is_prepared = run.state == 'waiting' or waits_for_preflight
local scarce = run.state == 'waiting' and scarcest(demands_of(run), 'load')
local nodes = scarce and scarce.count or count_nodes(is_prepared and run.labels or '', is_prepared and 'load' or 'desk')
if scarce then answer.demand, answer.labels = scarce.demand.nodes, scarce.demand.labels end
answer.alive, answer.disabled, answer.free, answer.all = nodes.alive, nodes.disabled, nodes.free, nodes.all
answer.most = given(rules.nodesMax) and rules.nodesMax or 0
answer.paused = redis.call('EXISTS', key('paused')) == 1
if run.state == 'queued' and tonumber(run.notBefore or 0) > now then
  answer.kind = 'later'
  answer.notBefore = tonumber(run.notBefore)
elseif waits_for_preflight then
  answer.kind = 'preflight'
elseif run.state == 'waiting' then
  answer.kind = 'nodes'
  local is_at_limit = given(rules.perSubmitter) and redis.call('SCARD', key('submitter', run.submitter)) >= rules.perSubmitter
  local busy
  for _, target in ipairs(targets_of(run.lockTarget)) do
    local runs = redis.call('HGETALL', key('target', target))
    for i = 1, #runs, 2 do
      if run.shared ~= '1' or runs[i + 1] ~= '1' then busy = runs[i] end
    end
  end
  local group = redis.call('ZRANGE', key('groups'), 0, 0)[1]
  local ahead = group and redis.call('ZRANGE', key('group', group), 0, 0)[1]
  if answer.paused then
    answer.kind = 'paused'
  elseif is_at_limit then
    answer.kind = 'submitter'
    answer.by = redis.call('SRANDMEMBER', key('submitter', run.submitter)) or ''
  elseif busy then
    answer.kind = 'target'
    answer.by = busy
  elseif answer.all == 0 and answer.most < answer.demand then
    answer.kind = 'no-nodes'
  elseif ahead and ahead ~= id and tonumber(field(key('run', ahead), 'seq')) < tonumber(run.seq) then
    answer.kind = 'ahead'
    answer.by = ahead
  end
end
return cjson.encode(answer)
