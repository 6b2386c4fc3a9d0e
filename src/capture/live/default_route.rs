//! Which interface the default route leads through, from the routing tables in `/proc/net` (Linux, proc(5)).

/// Name of the interface of the IPv4 default route with the lowest metric, else of the IPv6 one; `None` where there is no
/// default route or the system has no such tables.
pub(super) fn interface() -> Option<String> {
    let table = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    ipv4(&table("/proc/net/route")).or_else(|| ipv6(&table("/proc/net/ipv6_route")))
}

/// The route can be used (`RTF_UP`).
const UP: u32 = 0x0001;
/// The route refuses what it is asked for (`RTF_REJECT`).
const REJECT: u32 = 0x0200;

fn ipv4(table: &str) -> Option<String> {
    // One heading line, then: interface, destination, gateway, flags, references, use, metric, mask, ...
    let routes = table.lines().skip(1).filter_map(|line| {
        let column: Vec<&str> = line.split_whitespace().collect();
        let [name, destination, _, flags, _, _, metric, mask, ..] = column.as_slice() else {
            return None;
        };
        let default = hex(destination)? == 0 && hex(mask)? == 0 && usable(hex(flags)?);
        default.then_some((metric.parse().unwrap_or(u32::MAX), *name))
    });
    lowest_metric(routes)
}

fn ipv6(table: &str) -> Option<String> {
    // No heading; destination, its prefix length, source, its prefix length, next hop, metric, references, use, flags, interface.
    let routes = table.lines().filter_map(|line| {
        let column: Vec<&str> = line.split_whitespace().collect();
        let [destination, prefix, _, _, _, metric, _, _, flags, name] = column.as_slice() else {
            return None;
        };
        let all = destination.bytes().all(|digit| digit == b'0') && hex(prefix)? == 0;
        (all && usable(hex(flags)?)).then_some((hex(metric)?, *name))
    });
    lowest_metric(routes)
}

fn hex(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits, 16).ok()
}

fn usable(flags: u32) -> bool {
    flags & UP != 0 && flags & REJECT == 0
}

fn lowest_metric<'a>(routes: impl Iterator<Item = (u32, &'a str)>) -> Option<String> {
    routes.min_by_key(|(metric, _)| *metric).map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str =
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";

    #[test]
    fn the_ipv4_default_route_with_the_lowest_metric_wins() {
        let table = format!(
            "{HEADING}wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
             eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
             tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"
        );
        assert_eq!(ipv4(&table).as_deref(), Some("eth0"));
    }

    #[test]
    fn a_network_that_begins_with_zero_and_a_refusing_route_are_no_default_routes() {
        let table = format!(
            "{HEADING}eth0\t00000000\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n\
             *\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
        );
        assert_eq!(ipv4(&table), None);
    }

    #[test]
    fn the_ipv6_default_route_is_found_and_the_unreachable_one_passed_over() {
        let zero = "0".repeat(32);
        let table = format!(
            "{zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200       lo\n\
             {zero} 00 {zero} 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n\
             {zero} 40 {zero} 00 {zero} 00000100 00000001 00000000 00000001     eth1\n"
        );
        assert_eq!(ipv6(&table).as_deref(), Some("eth0"));
    }

    #[test]
    fn tables_that_are_no_tables_give_nothing() {
        for text in ["", "\n\n", "one two three", "a b c d e f g h i j k l m n\nz z z z z z z z"] {
            assert_eq!(ipv4(text), None);
            assert_eq!(ipv6(text), None);
        }
    }
}
