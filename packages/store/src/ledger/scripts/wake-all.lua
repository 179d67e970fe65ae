-- Looks again at every group and run that is put aside: a round of safety, should a reason have gone unnoticed (a
-- rule that was changed, for instance).
for _, reason in ipairs(redis.call('SMEMBERS', key('blockers'))) do wake(reason) end
wake_unmet()
return 1
