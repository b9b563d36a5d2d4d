//! Literals, operators and macros, as the language definition has them.

use super::*;

#[test]
fn what_a_filter_sees() {
    all_hold(&[
        "type == 'payment.succeeded'",
        "payload.total > 100 && type.startsWith(\"payment\")",
        "'vip' in channels && !('x' in tags)",
        "channels == ['eu', 'vip'] && tags[0] == 'first'",
        "payload['a b'] == 2 && payload[\"in\"] == 1",
        "payload.user.address.city == 'Kyiv'",
        "payload.items[1].sku == 'B-2'",
        "payload.twice == 2",
        "payload.coupon == null",
        "payload.paid",
    ]);
}

#[test]
fn numbers_of_json_are_ints_where_they_are_written_so_and_fit() {
    all_hold(&[
        "payload.total / 50 == 2",
        "payload.big == 9007199254740993 && payload.big != 9007199254740992",
        "payload.big != 9007199254740992.0",
        "payload.huge > 18446744073709549568.0 && payload.huge == double('18446744073709551615')",
        "payload.exponent == 100 && payload.exponent / 8 == 12.5",
        "payload.beyond > 1e308",
        "payload.zero == 0 && 1 - payload.zero == 1",
    ]);
}

#[test]
fn literals() {
    all_hold(&[
        "0x10 == 16 && 0x10u == 16u && .5 == 0.5 && 1e3 == 1000.0",
        "-9223372036854775808 < -9223372036854775807",
        "'\\x41\\u00eb\\101' == \"AëA\"",
        "r'\\n'.size() == 2 && '''a'b''' == \"a'b\" && \"\"\"x\ny\"\"\".contains('\\n')",
        "[1, 2, 3,].size() == 3 && [] == [] && {} == {}",
        "{'a': 1, 2: 'b', true: null,}['a'] == 1 && {2: 'b'}[2] == 'b' && {1u: 2}[1.0] == 2",
        "{'a': {'b': [1]}}.a.b[0] == 1",
        "true // a comment\n && !false",
    ]);
}

#[test]
fn logic_outweighs_faults_in_both_orders() {
    all_hold(&[
        "true || payload.missing",
        "payload.missing || true",
        "!(false && payload.missing)",
        "!(payload.missing && false)",
        "payload.missing || 1 / 0 > 0 || true",
        "'a' || true",
        "true ? true : payload.missing",
        "false ? payload.missing : true",
        "false ? 1 / 0 > 1 : false ? false : true",
        "!!true && !!!false",
        "true || false && false",
    ]);
    all_fail(
        &["payload.missing || false", "payload.missing && true"],
        "no such field: missing",
    );
    all_fail(&["payload.missing ? true : true"], "no such field");
    all_fail(
        &["'a' && true", "1 ? true : false", "!1"],
        "not true or false",
    );
}

#[test]
fn equality() {
    all_hold(&[
        "1 == 1.0 && 1u == 1 && 1.0 == 1u && 1 != 1.5",
        "'a' != 1 && null != 0 && true != 1 && [] != {}",
        "[1, 'a', [2.0]] == [1.0, 'a', [2]] && [1] != [1, 2]",
        "{'a': 1, 'b': [2]} == {'b': [2.0], 'a': 1u} && {'a': 1} != {'a': 2} && {'a': 1} != {'b': 1}",
        "payload.user == {'id': 7, 'address': {'city': 'Kyiv', 'zip': '01001'}}",
        "payload.numbers == [1, 2, 3, 4.5] && payload.items[2] == {'sku': 'C-3'}",
        "double('nan') != double('nan') && double('nan') != 1",
        "9223372036854775807 != 9223372036854775808.0 && 18446744073709551615u != 1.8446744073709552e19",
        "-1 != 18446744073709551615u",
    ]);
}

#[test]
fn order() {
    all_hold(&[
        "1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 < 2u && 2u > 1.5 && -1 < 0u",
        "1 < 1.5 && 1.5 < 2u && -1.5 < -1 && 9223372036854775807 < 9223372036854775808.0",
        "'a' < 'b' && 'Z' < 'a' && 'a' < 'aa' && false < true",
        "!(double('nan') < 1.0) && !(double('nan') >= 1)",
        "-double('inf') < -9223372036854775808",
    ]);
    all_fail(
        &[
            "1 < 'a'",
            "null < 1",
            "[1] < [2]",
            "payload.coupon > 5",
            "true < 1",
            "{} >= {}",
        ],
        "no such overload",
    );
}

#[test]
fn membership() {
    all_hold(&[
        "type in ['a', 'payment.succeeded'] && !(1 in []) && 1.0 in [3, 1]",
        "payload.currency in ['EUR', 'USD']",
        "'id' in payload.user && !('x' in payload.user) && !(1 in payload.user)",
        "1 in {1: 2} && 1.0 in {1: 2} && 1u in {1: 2} && !(1.5 in {1: 2}) && !(null in {1: 2})",
        "null in payload.mixed && 'a' in payload.mixed && [1] in [[1]]",
        "(1 in [1]) == true",
    ]);
    all_fail(&["1 in 2", "'a' in 'abc'"], "no such overload: 'in'");
}

#[test]
fn arithmetic() {
    all_hold(&[
        "1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 7 - 2 - 1 == 4 && 7 / 2 == 3 && -7 / 2 == -3",
        "7 % 3 == 1 && -7 % 3 == -1 && 5u - 2u == 3u && 7u / 2u == 3u && 7u % 4u == 3u",
        "1.5 + 1.5 == 3.0 && 1.0 / 4.0 == 0.25 && 2.0 * 3.0 - 1.0 == 5.0 && 1.0 / 0.0 > 1e308",
        "payload.total * 1.5 == 180.0 && 0.5 * payload.total == 60 && 1u + 0.5 == 1.5",
        "'a' + 'b' + 'c' == 'abc' && [1] + [2] + [] == [1, 2] && channels + tags == ['eu', 'vip', 'first']",
        "-payload.total == -120 && --1 == 1 && -(-1) == 1 && ---1.5 == -1.5 && 1 - -1 == 2",
    ]);
    all_fail(
        &[
            "9223372036854775807 + 1 > 0",
            "-9223372036854775808 - 1 < 0",
            "9223372036854775807 * 2 > 0",
            "-9223372036854775808 / -1 > 0",
            "-9223372036854775808 % -1 == 0",
            "-(-9223372036854775808) > 0",
            "1u - 2u == 0u",
            "18446744073709551615u + 1u > 0u",
        ],
        "out of range",
    );
    all_fail(
        &["1 / 0 == 0", "1 % 0 == 0", "1u / 0u == 0u"],
        "division by zero",
    );
    all_fail(
        &[
            "1 + 1u == 2",
            "1 + 'a' == ''",
            "5.5 % 2 == 1",
            "-1u == 1",
            "-'a' == ''",
            "'a' * 2 == ''",
            "null + 1 == 1",
            "true + true == 2",
        ],
        "no such overload",
    );
}

#[test]
fn fields_and_indexes() {
    all_hold(&[
        "has(payload.total) && !has(payload.missing) && has(payload.coupon)",
        "has(payload.user.address) && !has(payload.user.address.street)",
        "has(payload.x) ? payload.x > 1 : true",
        "!(has(payload.x) && payload.x > 1)",
        "payload.numbers[0] == 1 && payload.numbers[1u] == 2 && payload.numbers[2.0] == 3",
        "has({'a': 1}.a) && !has({}.a) && payload.items.exists(i, !has(i.quantity))",
    ]);
    all_fail(
        &[
            "payload.total.x == 1",
            "has(payload.total.x)",
            "type.x == 1",
        ],
        "not a map",
    );
    all_fail(
        &["has(payload.x.y)", "payload.x.y == 1"],
        "no such field: x",
    );
    all_fail(
        &["payload['x'] == 1", "{1: 2}[3] == 2", "payload[1] == 1"],
        "no such key",
    );
    all_fail(
        &[
            "payload.empty[0] == 1",
            "payload.numbers[4] == 1",
            "tags[-1] == ''",
        ],
        "no such element",
    );
    all_fail(
        &[
            "payload.numbers['0'] == 1",
            "payload.numbers[0.5] == 1",
            "1[0] == 1",
        ],
        "no such overload: '[]'",
    );
    all_fail(
        &["{1.5: 1} == {}", "{null: 1} == {}", "{[]: 1} == {}"],
        "cannot be",
    );
    all_fail(&["{'a': 1, 'a': 2} == {}", "{1: 1, 1u: 2} == {}"], "twice");
}

#[test]
fn macros() {
    all_hold(&[
        "payload.items.exists(i, i.sku == 'B-2') && payload.items.all(i, i.sku.size() == 3)",
        "payload.items.exists_one(i, i.sku.startsWith('A')) && ![1, 1].exists_one(x, x == 1)",
        "[].all(x, false) && ![].exists(x, true) && ![].exists_one(x, true)",
        "payload.items.map(i, i.sku) == ['A-1', 'B-2', 'C-3']",
        "payload.items.map(i, has(i.quantity), i.quantity) == [2, 5]",
        "payload.numbers.filter(n, n > 2) == [3, 4.5]",
        "payload.user.exists(key, key == 'id') && payload.user.all(key, payload.user[key] != null)",
        "payload.filter(key, key == 'twice') == ['twice']",
        "{1: 2, 'a': 3}.all(k, k in [1, 'a'])",
        "[[1, 2], [3]].all(list, list.exists(n, list[0] == 1 || n == 3))",
        "[1].map(x, [2].map(x, x)[0] + x) == [3]",
        "[1].map(type, type + 1) == [2] && type.size() > 3",
        "payload.items.exists(i, i.quantity == 2) && !payload.items.all(i, i.quantity == 2)",
        "[1, 'a', 2].exists(x, x > 1)",
    ]);
    all_fail(
        &[
            "payload.items.all(i, i.quantity > 1)",
            "payload.items.exists_one(i, i.quantity == 2)",
        ],
        "no such field: quantity",
    );
    all_fail(
        &[
            "payload.items.map(i, i.quantity) == []",
            "payload.items.filter(i, i.quantity > 1) == []",
        ],
        "no such field: quantity",
    );
    all_fail(
        &[
            "[1].all(x, x)",
            "[1].filter(x, 'a') == []",
            "[1].map(x, 1, x) == []",
        ],
        "not true or false",
    );
    all_fail(
        &["payload.total.all(x, true)", "'abc'.exists(x, true)"],
        "no such overload",
    );
}

#[test]
fn a_filter_says_whether_it_needs_the_payload() {
    for (expression, reads) in [
        ("type == 'a' || 'x' in tags", false),
        ("channels.exists(payload, payload == 'a')", false),
        ("type == 'a' && has(payload.x)", true),
        ("tags.exists(t, payload[t] == 1)", true),
    ] {
        let filter = Filter::parse(expression).unwrap();
        assert_eq!(filter.reads_payload(), reads, "{expression}");
        assert_eq!(filter.source(), expression);
    }
}
