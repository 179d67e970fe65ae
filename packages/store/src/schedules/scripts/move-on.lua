-- From one moment of a schedule to the next, or to none; not where somebody else has moved it on.
local at = redis.call('ZSCORE', key('schedules'), args.member)
if not at or tonumber(at) ~= args.at then return 0 end
if given(args.next) then
  redis.call('ZADD', key('schedules'), args.next, args.member)
else
  redis.call('ZREM', key('schedules'), args.member)
end
return 1
