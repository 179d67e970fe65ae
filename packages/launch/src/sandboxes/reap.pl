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
$SIG{USR1} = sub { $is_over = 1 };
$SIG{CHLD} = sub {};
$SIG{$_} = 'IGNORE' for qw(TERM INT HUP QUIT PIPE);

syscall($prctl + 0, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "to adopt orphans: $!\n";
syscall($prctl + 0, $PR_SET_PDEATHSIG, $SIGUSR1, 0, 0, 0) == 0 or die "to end with the worker: $!\n";
exit 126 if getppid() != $parent;

my $child = fork // die "a process: $!\n";
if ($child == 0) {
    $SIG{$_} = 'DEFAULT' for qw(USR1 CHLD TERM INT HUP QUIT PIPE);
    exec { $program[0] } @program or die "$program[0]: $!\n";
}
# The program's pipes are its own: they end with it.
opendir my $open, '/proc/self/fd' or die "/proc: $!\n";
for my $descriptor (grep { /^\d+$/ && $_ != fileno $open } readdir $open) {
    open my $file, '<&=', $descriptor or next;
    close $file;
}
my $code = 0;
my $WNOHANG = 1;
while (1) {
    kill 'KILL', children() if $is_over;
    my $ended = waitpid -1, $WNOHANG;
    last if $ended == -1;
    # Signals end a pause, but one that comes just before it does not.
    select undef, undef, undef, $is_over ? 0.001 : 0.25 if $ended == 0;
    next if $ended != $child;
    $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    $is_over = 1;
}
exit $code;

# The living among our children; what those have started becomes ours once they are killed. To ask for more at once would
# be slower than a daemon that starts another one and ends, again and again.
sub children {
    open my $list, '<', "/proc/$$/task/$$/children" or return children_by_parent();
    return split ' ', <$list> // '';
}

# Where the kernel keeps no such list.
sub children_by_parent {
    return grep {
        open my $stat, '<', "/proc/$_/stat";
        $stat && <$stat> =~ /^.*\) \S $$ /s;
    } map { /(\d+)/ } glob '/proc/[0-9]*';
}
