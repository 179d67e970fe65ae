-- preparing → waiting: only now is known how many nodes the run needs. With a preflight, a node tries its script before.
-- args: lease, demand, appNode (boolean: the last of them is for the app), labels (JSON, sorted),
--       targets ('a:443 b:443'; '' locks nothing), shared, recipients, facts (JSON), work (JSON),
--       preflight (boolean)
-- returns {'waiting'} | {'refused', registered nodes} (nothing changed: end it) | {'cancelled'} | {'lost'}
local id = args.lease.runId
local run = run_get(id, 'state', 'seq', 'enteredBy')
if run[3] == job_token(args.lease) then return { 'waiting' } end
if not job_is_valid(args.lease) then return { 'lost' } end
if run[1] == 'cancelling' then return { 'cancelled' } end
local nodes = count_nodes(args.labels)
if nodes.all > 0 and args.demand > nodes.registered then return { 'refused', nodes.registered } end

leave_job(id)
run_set(id, 'nodes', args.demand, 'appNode', args.appNode and '1' or '', 'labels', args.labels,
  'lockTarget', args.targets, 'shared', args.shared and '1' or '0',
  'recipients', cjson.encode(args.recipients), 'facts', args.facts, 'work', args.work, 'deaths', 0,
  'enteredBy', job_token(args.lease))
if args.preflight then
  next_try(id, 'preflight')
else
  set_state(id, 'waiting')
  enter_group(id)
end
return { 'waiting' }
