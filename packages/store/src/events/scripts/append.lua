-- Adds events to the stream of a run that has not ended, and trims its oldest.
if redis.call('EXISTS', key('full')) == 1 then return 0 end
local state = field(key('run', args.id), 'state')
if not state or has_ended[state] then return 0 end
local stream, bytes = key('events', args.id), 0
for _, json in ipairs(args.events) do
  bytes = bytes + #json
  redis.call('XADD', stream, '*', 'e', json)
end
-- the mean size of all that came so far tells how many events the bytes are
local total = redis.call('HINCRBY', key('run', args.id), 'eventBytes', bytes)
local count = redis.call('HINCRBY', key('run', args.id), 'eventCount', #args.events)
local fit = math.floor(args.maxBytes / math.max(1, total / count))
redis.call('XTRIM', stream, 'MAXLEN', '~', math.min(args.maxEvents, fit))
return 1
