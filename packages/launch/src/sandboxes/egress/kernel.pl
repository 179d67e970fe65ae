# Hands for system calls that Node has no door to. It knows none of them; each line says what to do:
#   set NAME HEX [OFFSET:OTHER ...]  NAME is these bytes. At OFFSET goes the address of OTHER, where that was set, or
#                                    32 bits of its answer, where it was called.
#   call NAME NUMBER ARGUMENT ...    System call NUMBER, with numbers and names; says "ANSWER ERRNO".
#   get NAME                         Says the bytes, in hex.
# It ends with its stdin.
use strict;
use warnings;

$| = 1;
my (%value, %is_bytes);
while (<STDIN>) {
  my ($verb, $name, @words) = split;
  if ($verb eq 'set') {
    $value{$name} = pack 'H*', shift @words;
    $is_bytes{$name} = 1;
    for (@words) {
      my ($offset, $other) = split /:/;
      my $bytes = pack $is_bytes{$other} ? 'P' : 'l', $value{$other};
      substr($value{$name}, $offset, length $bytes) = $bytes;
    }
  } elsif ($verb eq 'call') {
    my $number = shift @words;
    $value{$_} = $_ + 0 for grep { /^-?\d+$/ } @words;
    my $answer = syscall $number + 0, @value{@words};
    printf "%d %d\n", $answer, $answer < 0 ? $! : 0;
    $value{$name} = $answer;
  } else {
    print unpack('H*', $value{$name}), "\n";
  }
}
