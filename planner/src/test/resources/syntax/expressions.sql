E'tab\there, \'quoted\', \\ \x41\102\u00e9\U0001F600'
----
U&'d\0061t\+000061'
----
U&'d!0061t!!' UESCAPE '!'
----
$$it's \n $ raw$$
----
$tag$nested $$ dollars$tag$
----
B'1010'
----
X'1FF'
----
'one'
  ' string'
----
'one' -- with 'a comment'
  ' string'
----
E'a\n'
'b\t'
----
'back\slash'
----
1_000_000
----
0x1F
----
0o17
----
0b1011
----
0xFFFF_FFFF
----
9223372036854775808
----
1e5
----
1.5E-3
----
.5
----
7.
----
-2147483648
----
- 5 ^ 2
----
a/*c*/-1
----
a/* nested /* comment */ */+1
----
a--b
+1
----
a*-1
----
a<-1
----
a - -1
----
"Odd ""name"""
----
U&"\0061"
----
A
----
/* before */ a /* after */
----
'😀é' || b
----
length('😀é')
----
N'national'
----
interval '1-2' year to month
----
date '2020-02-29'
----
float8 '1.5'
----
'{1,2}'::int[]
----
(ARRAY[1, 2, 3])[2:3]
----
a % 3
----
a != 4
----
not a = 4 is true