# Confines this process for good and becomes a program: Landlock, no new privileges, a filter of system calls.
#
#     perl confine.pl CALLS KEPT TASKS LANDLOCK FILTER PROGRAM ARGUMENT...
#
# CALLS     the numbers of the calls prctl and prlimit64 on this kind of processor: "157,302"
# KEPT      the highest descriptor that the program gets; whatever else we were left with is closed
# TASKS     how many processes and threads our account may have in this user namespace, or "-"
# LANDLOCK  "ACCESS:SCOPES PATH=ACCESS ...", numbers as linux/landlock.h has them, a path's bytes in hexadecimal; or "-"
# FILTER    a seccomp filter in hexadecimal, or "-"
#
# Perl, because its `syscall` reaches the kernel without a module, it is wherever git is, and it starts in 2 ms.
use strict;

my ($PR_SET_SECCOMP, $PR_SET_NO_NEW_PRIVS) = (22, 38);
my ($CREATE_RULESET, $ADD_RULE, $RESTRICT_SELF) = (444, 445, 446); # the same on every processor
my ($RLIMIT_CORE, $RLIMIT_NPROC) = (4, 6);
my $O_PATH = 010000000;

my ($calls, $kept, $tasks, $landlock, $filter, @program) = @ARGV;
my ($prctl, $prlimit) = map { $_ + 0 } split ',', $calls;
must('no new privileges', syscall($prctl, $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
# 1 byte is no core, and, as 0 is not, no word to a program that the system has for cores either.
limit($RLIMIT_CORE, 1);
limit($RLIMIT_NPROC, $tasks) if $tasks ne '-';
if (open my $score, '>', '/proc/self/oom_score_adj') {
    print $score 1000; # where memory ends, others stay
}
if (opendir my $open, '/proc/self/fd') {
    for my $descriptor (grep { /^\d+$/ && $_ > $kept && $_ != fileno $open } readdir $open) {
        open my $file, '<&=', $descriptor or next;
        close $file;
    }
}

if ($landlock ne '-') {
    my ($handled, @rules) = split ' ', $landlock;
    my ($access, $scopes) = split ':', $handled;
    my $abi = syscall($CREATE_RULESET, 0, 0, 1);
    my $known = $abi < 2 ? 0x1fff : $abi < 3 ? 0x3fff : $abi < 5 ? 0x7fff : 0xffff;
    my $attributes = pack('QQQ', $access & $known, 0, $scopes);
    # Where there is nothing to hold but scopes, a kernel without them holds nothing.
    if ($access || $abi >= 6) {
        my $ruleset = must('Landlock', syscall($CREATE_RULESET, $attributes, $abi < 6 ? 8 : 24, 0));
        for (@rules) {
            my ($hex, $allowed) = split '=';
            my $path = pack('H*', $hex);
            sysopen(my $place, $path, $O_PATH) or next; # what is not there needs no rule
            my $rule = pack('Ql', $allowed & $known & (-d $path ? 0xffff : 0xc007), fileno $place);
            must('a rule of Landlock', syscall($ADD_RULE, $ruleset, 1, $rule, 0));
        }
        must('Landlock', syscall($RESTRICT_SELF, $ruleset, 0));
    }
}
if ($filter ne '-') {
    my $bytes = pack('H*', $filter);
    my $program = pack('S x6 P', length($bytes) / 8, $bytes);
    must('the filter of system calls', syscall($prctl, $PR_SET_SECCOMP, 2, $program, 0, 0));
}
exec { $program[0] } @program or fail("$program[0]: $!");

sub limit {
    my ($what, $most) = @_;
    my $limits = pack('QQ', $most, $most);
    must('a limit', syscall($prlimit, 0, $what, $limits, 0));
}

sub must {
    my ($what, $result) = @_;
    fail("$what: $!") if $result == -1;
    return $result;
}

sub fail {
    print STDERR "could not be confined: @_\n";
    exit 126;
}
