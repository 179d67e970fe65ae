-- preparing → waiting: only now is known how many nodes the run needs. With a preflight, a node tries its script before.
local id, token = args.lease.runId, job_token(args.lease)
local run = fields(key('run', id), 'state', 'enteredBy')
if run.enteredBy == token then return { 'waiting' } end
if not job_is_valid(args.lease) then return { 'lost' } end
if run.state == 'cancelling' then return { 'cancelled' } end
local nodes = count_nodes(args.labels, 'load')
if too_many(args.demand, nodes.registered, nodes.all) then return { 'refused', nodes.registered } end

leave_job(id)
run_set(id, 'nodes', args.demand, 'appNode', args.appNode and '1' or '', 'labels', args.labels,
  'lockTarget', args.targets, 'shared', args.shared and '1' or '0',
  'recipients', with_recipients(id, args.recipients), 'facts', args.facts, 'work', args.work, 'deaths', 0, 'enteredBy', token)
if args.preflight then
  next_try('preflight', id)
else
  set_state(id, 'waiting')
  enter_group(id)
end
return { 'waiting' }
