# Asks, from inside of a compartment, what it may do: one line a question, "NAME open" or "NAME closed".
#
#     perl probe.pl KEY=VALUE ... -- QUESTION ...
#
# The keys say where the things are that nobody inside has any business with: see node.ts, which makes them.
use strict;
use warnings;
use Fcntl;
use POSIX ();
use Socket qw(:DEFAULT pack_sockaddr_in6 inet_pton);

my %at;
while (@ARGV) {
    my $word = shift @ARGV;
    last if $word eq '--';
    my ($key, $value) = split /=/, $word, 2;
    $at{$key} = $value =~ /^[1-9]\d*$/ ? $value + 0 : $value; # for `syscall`, a number is none while it is text
}
my $is_arm = (POSIX::uname())[4] eq 'aarch64';
my %number = (
    ptrace => [101, 117], mount => [165, 40], umount2 => [166, 39], unshare => [272, 97], bpf => [321, 280],
    perf_event_open => [298, 241], userfaultfd => [323, 282], add_key => [248, 217], keyctl => [250, 219],
    io_uring_setup => [425, 425], fsopen => [430, 430], clone3 => [435, 435], process_vm_readv => [310, 270],
    pidfd_open => [434, 434], pidfd_getfd => [438, 438], shmget => [29, 194], prctl => [157, 167],
);
my ($NEWUSER, $NEWNS, $FASTOPEN, $MPTCP, $TIOCSTI) = (0x10000000, 0x20000, 0x20000000, 262, 0x5412);

my %asks = (
    # Files.
    secrets => sub { can_read($at{secrets}) },
    runs => sub { can_read($at{run}) || can_write($at{run}) },
    data => sub { can_list($at{data}) || can_make("$at{data}/probe") },
    cache => sub { can_list($at{cache}) || can_make("$at{cache}/probe") },
    home => sub { can_list($at{home}) || can_write("$at{home}/.gitconfig") || can_list('/root') },
    shadow => sub { can_read('/etc/shadow') },
    code => sub { can_write($at{code}) },
    system => sub { grep { can_make("$_/marteau-probe") } qw(/etc /usr /usr/bin /usr/local/bin /lib) },
    kernel => sub { grep { can_write("/proc/$_") } 'sys/kernel/core_pattern', 'sys/kernel/modprobe', 'sysrq-trigger' },
    modes => sub { chmod(0604, $at{modes}) == 1 || utime(1, 1, $at{modes}) == 1 },
    beside => sub { can_read($at{beside}) },
    link => sub { rename $at{temp}, "$at{temp}.old"; symlink $at{data}, $at{temp}; 0 },
    linked => sub { grep { can_read("$_/secrets.yml") } '/tmp', $at{temp} },
    # Network.
    redis => sub { reaches('127.0.0.1', $at{redis}) },
    web => sub { reaches('127.0.0.1', $at{web}) },
    port => sub { reaches('127.0.0.1', $at{port}) },
    denied => sub { reaches('127.9.0.1', $at{denied}) },
    moved => sub { reaches('127.9.0.1', $at{target}) },
    ipv6 => sub { reaches('::1', $at{port6}) || reaches('::ffff:127.9.0.1', $at{denied}) },
    mptcp => sub { reaches('127.9.0.1', $at{denied}, $MPTCP) },
    fastopen => sub {
        my $socket = new_socket(AF_INET, SOCK_STREAM, 0);
        send $socket, 'x', $FASTOPEN, place('127.9.0.1', $at{denied});
    },
    udp => sub { echoes('127.9.0.1', $at{udp}) },
    names => sub { echoes('127.0.0.1', $at{udp}) },
    raw => sub { grep { socket my $socket, $$_[0], SOCK_RAW, $$_[1] } [AF_INET, 1], [17, 0x300], [AF_INET, 255] },
    squat => sub {
        my $socket = new_socket(AF_INET6, SOCK_STREAM, 0);
        bind($socket, place('::1', $at{redis})) && listen $socket, 1;
    },
    abstract => sub { reaches_unix("\0$at{abstract}") },
    socket => sub { reaches_unix($at{socket}) },
    connections => sub {
        my $port = sprintf ':%04X ', $at{redis};
        (slurp('/proc/net/tcp') // '') =~ /$port/;
    },
    # Other processes.
    processes => sub { -e "/proc/$at{pid}/stat" && (slurp("/proc/$at{pid}/cmdline") // '') =~ /node/ },
    environ => sub {
        raw('umount2', '/proc', 2);
        grep { (slurp($_) // '') =~ /\Q$at{marker}\E/ } '/proc/self/environ', glob '/proc/[0-9]*/environ';
    },
    memory => sub {
        my ($local, $remote) = (pack('PQ', my $bytes = 'x' x 8, 8), pack('QQ', 0x400000, 8));
        sysopen(my $mem, "/proc/$at{pid}/mem", O_RDWR) || raw('process_vm_readv', $at{pid}, $local, 1, $remote, 1, 0) >= 0;
    },
    ptrace => sub { raw('ptrace', 0x4206, $at{pid}, 0, 0) >= 0 },
    signals => sub { kill 0, $at{pid} },
    descriptors => sub {
        my $pidfd = raw('pidfd_open', $at{pid}, 0);
        my $taken = $pidfd >= 0 && raw('pidfd_getfd', $pidfd, 0, 0) >= 0;
        POSIX::close($pidfd);
        $taken;
    },
    leaked => sub { opendir my $open, '/proc/self/fd' or return; grep { /\d/ && $_ > 2 && $_ != fileno $open } readdir $open },
    sysv => sub { raw('shmget', $at{shmkey}, 0, 0) >= 0 },
    shm => sub { can_read("/dev/shm/$at{shm}") },
    # The kernel.
    namespaces => sub {
        my $args = pack 'Q11', $NEWUSER, (0) x 10;
        in_child(sub { raw('unshare', $NEWUSER) == 0 || raw('unshare', $NEWNS) == 0 || raw('clone3', $args, 88) >= 0 });
    },
    mount => sub { raw('mount', 'x', '/tmp', 'tmpfs', 0, 0) == 0 || raw('fsopen', 'tmpfs', 0) >= 0 },
    bpf => sub { my $map = pack 'L4 x112', 2, 4, 8, 1; raw('bpf', 0, $map, 128) >= 0 },
    perf => sub { raw('perf_event_open', my $event = pack('LLQ x112', 1, 128, 0), 0, -1, -1, 0) >= 0 },
    userfaultfd => sub { raw('userfaultfd', 1) >= 0 },
    uring => sub { raw('io_uring_setup', 4, my $params = "\0" x 120) >= 0 },
    keys => sub { raw('add_key', 'user', 'probe', my $payload = 'x', 1, -3) >= 0 || raw('keyctl', 0, -3, 1) >= 0 },
    setuid => sub { qx($at{setuid} -u 2>/dev/null) =~ /^0$/ || status('NoNewPrivs') ne '1' },
    powers => sub { grep { status($_) !~ /^0+$/ } qw(CapInh CapPrm CapEff CapAmb) },
    terminal => sub {
        sysopen(my $tty, '/dev/tty', O_RDWR) and return 1;
        sysopen(my $pty, '/dev/ptmx', O_RDWR | O_NOCTTY) or return 0;
        my $byte = 'x';
        ioctl $pty, $TIOCSTI, $byte;
    },
    core => sub {
        chdir $at{work};
        system 'ulimit -c unlimited 2>/dev/null; kill -SEGV $$';
        my @cores = glob "$at{work}/core*";
        unlink @cores;
        @cores || qx(sh -c 'ulimit -H -c') !~ /^0$/;
    },
    temp => sub { # a /tmp of another size than the disk's
        my ($size) = qx(df -k /tmp 2>/dev/null | tail -1) =~ /^\S+ +(\d+)/;
        !defined $size || $size > 1024 * 1024;
    },
    # Taking more than a share; each in a launch of its own.
    forks => sub {
        my @children;
        for (1 .. $at{tasks} + 20) {
            my $pid = fork // last;
            if (!$pid) { sleep 100; POSIX::_exit(0) }
            push @children, $pid;
        }
        kill 9, @children;
        waitpid $_, 0 for @children;
        @children > $at{tasks};
    },
    allocations => sub {
        in_child(sub { my $bytes = 'x' x (2 * $at{bytes}); length $bytes });
    },
    flight => sub {
        return 0 if fork;
        POSIX::setsid();
        POSIX::_exit(0) if fork;
        %ENV = ();
        open $_, '+<', '/dev/null' for *STDIN, *STDOUT, *STDERR;
        chdir '/';
        exec '/bin/sleep', $at{mark};
    },
);

$| = 1;
for my $name (@ARGV) {
    my $ask = $asks{$name} or die "nobody asks $name";
    my @answer = eval { local $SIG{ALRM} = sub { die }; alarm 5; my @said = $ask->(); alarm 0; @said };
    printf "%s %s\n", $name, (grep { $_ } @answer) ? 'open' : 'closed';
}

sub can_read { sysopen my $file, $_[0], O_RDONLY or return 0; defined sysread $file, my $bytes, 1 }
sub can_write { sysopen my $file, $_[0], O_WRONLY }
sub can_list { opendir my $folder, $_[0] }
sub can_make { sysopen(my $file, $_[0], O_WRONLY | O_CREAT) or return 0; unlink $_[0]; 1 }
sub slurp { open my $file, '<', $_[0] or return; local $/; <$file> }
sub status { slurp('/proc/self/status') =~ /^$_[0]:\s*(\S+)/m ? $1 : '' }
sub raw { my $name = shift; syscall $number{$name}[$is_arm], @_ }
sub place { my ($ip, $port) = @_; $ip =~ /:/ ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $ip)) : pack_sockaddr_in($port, inet_aton $ip) }
sub new_socket { socket my $socket, $_[0], $_[1], $_[2] or die; $socket }
sub reaches { my ($ip, $port, $protocol) = @_; connect new_socket($ip =~ /:/ ? AF_INET6 : AF_INET, SOCK_STREAM, $protocol // 0), place($ip, $port) }
sub reaches_unix { connect new_socket(AF_UNIX, SOCK_STREAM, 0), pack 'S a*', AF_UNIX, $_[0] }

sub echoes {
    my $socket = new_socket(AF_INET, SOCK_DGRAM, 0);
    send $socket, 'x', 0, place(@_) or return 0;
    my $waiting = '';
    vec($waiting, fileno $socket, 1) = 1;
    select($waiting, undef, undef, 2) > 0;
}

# Whether a child of ours could; what it changes of itself is gone with it.
sub in_child {
    my $pid = fork // return 0;
    POSIX::_exit($_[0]->() ? 7 : 0) unless $pid;
    waitpid $pid, 0;
    $? >> 8 == 7;
}
