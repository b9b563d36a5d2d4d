//! Functions, as the language definition and its strings extension have them.

use super::*;

#[test]
fn strings() {
    all_hold(&[
        "size('Zoë') == 3 && 'Zoë'.size() == 3 && size([1]) == 1 && size({'a': 1}) == 1 && size('') == 0",
        "payload.user.size() == 2 && tags.size() == 1",
        "'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.contains('b') && ''.contains('')",
        "payload.name.lowerAscii() == 'zoë Ñandú' && 'aëz'.upperAscii() == 'AëZ' && ' a\\t'.trim() == 'a'",
        "'Zoë'.charAt(2) == 'ë' && 'Zoë'.charAt(3) == ''",
        "'Zoë!'.indexOf('!') == 3 && 'a'.indexOf('b') == -1 && 'aba'.indexOf('a', 1) == 2 && 'a'.indexOf('') == 0",
        "'abab'.lastIndexOf('ab') == 2 && 'abab'.lastIndexOf('ab', 1) == 0 && 'a'.lastIndexOf('b') == -1",
        "'Zoë!'.substring(2) == 'ë!' && 'Zoë!'.substring(1, 3) == 'oë' && 'a'.substring(1) == ''",
        "'a-b-c'.replace('-', '+') == 'a+b+c' && 'a-b-c'.replace('-', '', 1) == 'ab-c' && 'a'.replace('a', 'b', 0) == 'a'",
        "'a,b,,c'.split(',') == ['a', 'b', '', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'a'.split(',', 0) == []",
        "'Zoë'.split('') == ['Z', 'o', 'ë'] && ''.split(',') == [''] && ''.split('') == []",
        "['a', 'b'].join('-') == 'a-b' && ['a', 'b'].join() == 'ab' && [].join(',') == '' && channels.join('+') == 'eu+vip'",
        "('a' + 'bc').substring(1) == 'bc' && ('a,' + 'b').split(',') == ['a', 'b'] && ('x' + ' ').trim() == 'x'",
        "'abc'.matches('^a.c$') && matches('abc', 'b') && !'abc'.matches('^b') && payload.currency.matches(payload.pattern)",
    ]);
    all_fail(
        &[
            "'a'.charAt(2) == ''",
            "'a'.substring(-1) == ''",
            "'a'.substring(1, 0) == ''",
            "'a'.indexOf('a', 2) == 0",
        ],
        "outside of the string",
    );
    all_fail(
        &[
            "'a'.startsWith(1)",
            "1.startsWith('a')",
            "size(1) == 1",
            "[1].join() == ''",
            "'a'.join() == ''",
        ],
        "no such overload",
    );
    all_fail(
        &["'a'.matches(payload.name + '(')"],
        "not a usable regular expression",
    );
}

#[test]
fn conversions() {
    all_hold(&[
        "int('42') == 42 && int(4.9) == 4 && int(-4.9) == -4 && int(7u) == 7 && int(5) == 5",
        "uint('42') == 42u && uint(4.9) == 4u && uint(7) == 7u && double('1.5') == 1.5 && double(2) == 2.0",
        "string(1) == '1' && string(2u) == '2' && string(1.5) == '1.5' && string(100.0) == '100' && string(true) == 'true'",
        "string(1e300) == '1e+300' && string(1.5e-7) == '1.5e-7' && string('a') == 'a'",
        "bool('true') && !bool('0') && bool(true) && dyn(1) == 1",
        "int(payload.user.address.zip) == 1001",
    ]);
    all_fail(
        &[
            "int('x') == 1",
            "uint('-1') == 1u",
            "double('x') == 1.0",
            "bool('yes')",
        ],
        "cannot read",
    );
    all_fail(
        &[
            "int(1e19) == 1",
            "int(double('nan')) == 1",
            "uint(-1) == 1u",
            "int(18446744073709551615u) == 1",
            "int(9223372036854775808.0) == 1",
        ],
        "out of range",
    );
    all_fail(
        &[
            "int(null) == 1",
            "string([]) == ''",
            "bool(1)",
            "int(true) == 1",
            "duration(1) == duration('1s')",
        ],
        "no such overload",
    );
}

#[test]
fn times() {
    all_hold(&[
        "timestamp(payload.created) < timestamp('2027-01-01T00:00:00+02:00')",
        "timestamp('2009-02-13T23:31:30Z') == timestamp(1234567890) && int(timestamp('2009-02-13T23:31:30Z')) == 1234567890",
        "timestamp('2009-02-13T23:31:00Z') - timestamp('2009-02-13T23:29:00Z') == duration('2m')",
        "timestamp('2009-02-13T23:00:00Z') + duration('240s') == duration('4m') + timestamp('2009-02-13T23:00:00Z')",
        "timestamp('2009-02-13T23:10:00Z') - duration('600s') == timestamp('2009-02-13T23:00:00Z')",
        "duration('1h') + duration('30m') == duration('90m') && duration('1h') - duration('1.5h') == duration('-30m')",
        "duration('1m') < duration('61s') && duration('60s') >= duration('1m')",
        "string(timestamp('2009-02-13T23:31:30.5Z')) == '2009-02-13T23:31:30.5Z' && string(duration('1000000s')) == '1000000s'",
        "duration('10000s').getHours() == 2 && duration('3730s').getMinutes() == 62 && duration('3730s').getSeconds() == 3730 && duration('123.321s').getMilliseconds() == 321",
        "int(timestamp('1969-12-31T23:59:59.5Z')) == -1 && timestamp(timestamp(0)) == timestamp(0)",
    ]);
    let parts = [
        ("getFullYear()", 2009),
        ("getMonth()", 1),
        ("getDate()", 13),
        ("getDayOfMonth()", 12),
        ("getDayOfWeek()", 5),
        ("getDayOfYear()", 43),
        ("getHours()", 23),
        ("getMinutes()", 31),
        ("getSeconds()", 30),
        ("getMilliseconds()", 123),
        ("getDate('+11:00')", 14),
        ("getHours('02:00')", 1),
        ("getHours('-09:30')", 14),
        ("getMinutes('UTC')", 31),
    ];
    for (part, expected) in parts {
        all_hold(&[&format!(
            "timestamp('2009-02-13T23:31:30.123456789Z').{part} == {expected}"
        )]);
    }
    all_fail(
        &[
            "timestamp('0001-01-01T00:00:00Z') - duration('1ns') == timestamp(0)",
            "timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns') == timestamp(0)",
            "timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z') == duration('0')",
            "timestamp(9223372036854775807) == timestamp(0)",
            "timestamp('0000-01-01T00:00:00Z') == timestamp(0)",
            "duration('320000000000s') == duration('0')",
            "duration('2562047h') + duration('2562047h') == duration('0')",
        ],
        "out of range",
    );
    all_fail(
        &[
            "timestamp('yesterday') == timestamp(0)",
            "duration('1d') == duration('0')",
        ],
        "not like",
    );
    all_fail(
        &["timestamp(0).getHours('Europe/Kyiv') == 1"],
        "names are not supported",
    );
    all_fail(
        &[
            "duration('1s').getDate() == 1",
            "timestamp(0) + timestamp(0) == timestamp(0)",
            "timestamp(0) < duration('1s')",
            "duration('1s') * duration('1s') == duration('1s')",
        ],
        "no such overload",
    );
}
