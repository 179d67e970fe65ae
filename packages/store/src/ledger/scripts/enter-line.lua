-- preparing → waiting: only now is known how many nodes the run needs. With a preflight, a node tries its script before.
local id, token = args.lease.runId, job_token(args.lease)
local run = fields(key('run', id), 'state', 'enteredBy')
if run.enteredBy == token then return { 'waiting' } end
if not job_is_valid(args.lease) then return { 'lost' } end
if run.state == 'cancelling' then return { 'cancelled' } end
local locations = decoded(args.locations)
for _, demand in ipairs(demands_of({ nodes = args.demand, labels = args.labels, locations = args.locations })) do
  local nodes = count_nodes(demand.labels, 'load')
  if too_many(demand.nodes, nodes.registered, nodes.all) then return { 'refused', nodes.registered, cjson.encode(demand) } end
end
if given(rules.nodesMax) and #locations > 0 then
  local nodes = count_nodes('', 'load')
  if too_many(args.demand, nodes.registered, nodes.all) then
    return { 'refused', nodes.registered, cjson.encode({ nodes = args.demand, labels = '' }) }
  end
end

leave_job(id)
run_set(id, 'nodes', args.demand, 'appNode', args.appNode and '1' or '', 'labels', args.labels, 'locations', args.locations,
  'lockTarget', args.targets, 'shared', args.shared and '1' or '0',
  'recipients', with_recipients(id, args.recipients), 'facts', args.facts, 'work', args.work, 'deaths', 0, 'enteredBy', token)
if args.preflight then
  next_try('preflight', id)
else
  set_state(id, 'waiting')
  enter_group(id)
end
return { 'waiting' }
