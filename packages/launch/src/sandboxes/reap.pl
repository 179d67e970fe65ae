# Starts a program, and ends when nothing that this has ever started is left, daemons too: they come back to us, whom
# the kernel makes the parent of orphans. Stays outside of what confines the program, so that nothing inside ends it.
#
#     perl reap.pl PRCTL PARENT PROGRAM ARGUMENT...
#
# PRCTL   the number of the call prctl on this kind of processor
# PARENT  the process without which all ends
#
# SIGUSR1 kills all of it. Its exit code is the program's, as a shell says it.
use strict;

my ($PR_SET_PDEATHSIG, $PR_SET_CHILD_SUBREAPER, $SIGUSR1) = (1, 36, 10);
my ($prctl, $parent, @program) = @ARGV;
my $is_over = 0;
$SIG{USR1} = sub { $is_over = 1; kill 'KILL', descendants() };
$SIG{$_} = 'IGNORE' for qw(TERM INT HUP QUIT PIPE);

syscall($prctl + 0, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "to adopt orphans: $!\n";
syscall($prctl + 0, $PR_SET_PDEATHSIG, $SIGUSR1, 0, 0, 0) == 0 or die "to end with the worker: $!\n";
exit 126 if getppid() != $parent;

my $child = fork // die "a process: $!\n";
if ($child == 0) {
    $SIG{$_} = 'DEFAULT' for qw(USR1 TERM INT HUP QUIT PIPE);
    exec { $program[0] } @program or die "$program[0]: $!\n";
}
# The program's pipes are its own: they end with it.
opendir my $open, '/proc/self/fd' or die "/proc: $!\n";
for my $descriptor (grep { /^\d+$/ && $_ != fileno $open } readdir $open) {
    open my $file, '<&=', $descriptor or next;
    close $file;
}
my $code = 0;
until ((my $ended = wait) == -1 && !$!{EINTR}) {
    next if $ended == -1;
    $code = ($? & 127 ? 128 + ($? & 127) : $? >> 8) if $ended == $child;
    $is_over = 1 if $ended == $child;
    kill 'KILL', descendants() if $is_over;
}
exit $code;

# What has us among its parents.
sub descendants {
    my %parent;
    for my $file (glob '/proc/[0-9]*/stat') {
        open my $stat, '<', $file or next;
        $parent{$1} = $2 if (<$stat> // '') =~ /^(\d+) .*\) \S (\d+)/s;
    }
    return grep {
        my $above = $_;
        $above = $parent{$above} while $above && $above != $$;
        $above && $_ != $$;
    } keys %parent;
}
