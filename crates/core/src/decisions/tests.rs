use super::is_day;

#[test]
fn a_day_is_written_in_one_way() {
    for (text, day) in [
        ("2027-05-26", true),
        ("2027-5-26", false),
        ("2027-02-30", false),
        ("20270526", false),
        ("2027-05-26T00", false),
        ("", false),
    ] {
        assert_eq!(is_day(text), day, "{text}");
    }
}
