//! Logs as servers write them: what each must give. The first sixteen were put together from formats that public reports of
//! defects in log tools quote; the others follow the documentation that [`super::super::names`] and [`super::super::spent`]
//! list.

use super::read;
use crate::mechanism::access_log::Durations;

/// One file, and what it must give.
pub(super) struct Log {
    pub name: &'static str,
    pub text: &'static str,
    /// Records, lines that can't be read, keys, clients.
    counts: (usize, u64, usize, usize),
    /// From the first stamp to the last, in milliseconds.
    stamps: u64,
    /// Microseconds by the order of arrival; -1 for none.
    durations: (Durations, &'static [i64]),
}

/// From reports of what log tools read wrongly.
#[rustfmt::skip]
pub(super) const REPORTED: &[Log] = &[
    Log {
        name: "Apache's vhost_combined",
        text: r#"shop.example.org:443 192.0.2.17 - - [27/Jan/2024:10:03:34 +0000] "GET /common/images/logo.png HTTP/2.0" 200 5731 "-" "Mozilla/5.0"
shop.example.org:443 192.0.2.18 - - [27/Jan/2024:10:03:35 +0000] "GET / HTTP/2.0" 200 5731 "-" "Mozilla/5.0"
shop.example.org:443 192.0.2.19 - - [27/Jan/2024:10:03:36 +0000] "GET /a HTTP/2.0" 200 5731 "-" "Mozilla/5.0"
"#,
        counts: (3, 0, 3, 3),
        stamps: 2000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "address and port",
        text: r#"192.0.2.17:61264 - - [12/Jul/2024:00:00:00 +0800] "GET /a HTTP/1.1" 200 10 "-" "x"
192.0.2.17:61270 - - [12/Jul/2024:00:00:01 +0800] "GET /b HTTP/1.1" 200 10 "-" "x"
192.0.2.17:61271 - - [12/Jul/2024:00:00:02 +0800] "GET /c HTTP/1.1" 200 10 "-" "x"
"#,
        counts: (3, 0, 3, 1),
        stamps: 2000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "brackets between time and request",
        text: r#"192.0.2.27 - - [30/Jul/2024:00:06:21 +0900] [0.003] [PORT 80] "GET /data/a.cmfa?sid=1 HTTP/1.1" 200 82695 "-" "VisualOn" "-"
192.0.2.28 - - [30/Jul/2024:00:06:22 +0900] [0.003] [PORT 80] "GET /data/b.cmfa?sid=1 HTTP/1.1" 200 82695 "-" "VisualOn" "-"
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Total, &[3000, 3000]),
    },
    Log {
        name: "every field in quotes",
        text: r#""192.0.2.3" - "-" "[04/Feb/2015:06:29:05 -0500]" "POST /api/internal/systems/ HTTP/1.0" "200" "71" "-" "Zend" "-" "0.025" "127.0.0.1:9000" "0.025" "foo.example"
"192.0.2.4" - "-" "[04/Feb/2015:06:29:06 -0500]" "POST /api/internal/x/ HTTP/1.0" "200" "71" "-" "Zend" "-" "0.025" "127.0.0.1:9000" "0.025" "foo.example"
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[25000, 25000]),
    },
    Log {
        name: "RFC 3339 in the brackets",
        text: r#"192.0.2.1 - - [2024-03-01T12:00:00+00:00] "GET /a HTTP/1.1" 200 12 "-" "x"
192.0.2.2 - - [2024-03-01T12:00:01+00:00] "GET /b HTTP/1.1" 200 12 "-" "x"
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "nginx proxy manager",
        text: r#"[23/Aug/2026:08:24:27 -0600] - 304 304 - GET https host.example "/icons/icon-white.svg" [Client 192.0.2.62] [Length 0] [Gzip -] [Sent-to 192.0.2.1] "Mozilla/5.0" "-"
[23/Aug/2026:08:24:28 -0600] - 200 200 - GET https host.example "/" [Client 192.0.2.63] [Length 10] [Gzip -] [Sent-to 192.0.2.1] "Mozilla/5.0" "-"
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "HAProxy behind syslog",
        text: r#"Feb  6 12:14:14 localhost haproxy[14389]: 192.0.2.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"
Feb  6 12:14:15 localhost haproxy[14389]: 192.0.2.3:33318 [06/Feb/2009:12:14:15.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /b.html HTTP/1.1"
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[69000, 69000]),
    },
    Log {
        name: "AWS ALB",
        text: r#"http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.0.2.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"
https 2018-07-02T22:23:01.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.0.2.40:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/x HTTP/1.1" "curl/7.46.0" ECDHE TLSv1.2 arn "Root=1" "www.example.com" "arn" 1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-"
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[1000, 48000]),
    },
    Log {
        name: "IIS",
        text: r"#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2023-10-10 00:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken
2023-10-10 00:00:01 10.0.0.1 GET /index.html - 80 - 192.0.2.5 Mozilla/5.0 - 200 0 0 15
2023-10-10 00:00:02 10.0.0.1 GET /a.html q=1 80 - 192.0.2.6 Mozilla/5.0 - 200 0 0 15
",
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Total, &[15000, 15000]),
    },
    Log {
        name: "CloudFront",
        text: "#Version: 1.0\n\
         #Fields: date\ttime\tx-edge-location\tsc-bytes\tc-ip\tcs-method\tcs(Host)\tcs-uri-stem\tsc-status\n\
         2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111.cloudfront.net\t/index.html\t200\n\
         2019-12-04\t21:02:32\tLAX1\t392\t192.0.2.101\tGET\td111.cloudfront.net\t/b.html\t200\n\
         ",
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "Caddy",
        text: r#"{"level":"info","ts":1646861401.5241024,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.1","remote_port":"41342","client_ip":"198.51.100.7","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/","headers":{"User-Agent":["curl/7.82.0"]}},"bytes_read":0,"user_id":"","duration":0.25,"size":10900,"status":200}
{"level":"info","ts":1646861402.0241024,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.1","remote_port":"41343","client_ip":"198.51.100.8","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/b?x=1","headers":{"User-Agent":["curl/7.82.0"]}},"bytes_read":0,"user_id":"","duration":0.0009,"size":10900,"status":200}
{"level":"error","ts":1646861403,"logger":"tls.obtain","msg":"not an access record"}
"#,
        counts: (2, 1, 2, 2),
        stamps: 500,
        durations: (Durations::Total, &[250_000, 900]),
    },
    Log {
        name: "nginx' own JSON",
        text: r#"{"time_iso8601":"2024-03-01T12:00:00+00:00","remote_addr":"192.0.2.1","request":"GET /a?q=1 HTTP/1.1","status":"200","body_bytes_sent":"12","request_time":"0.120"}
{"time_iso8601":"2024-03-01T12:00:01+00:00","remote_addr":"192.0.2.2","request":"GET /b HTTP/1.1","status":"200","body_bytes_sent":"12","request_time":"0.030"}
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Total, &[120_000, 30000]),
    },
    Log {
        name: "Traefik's JSON",
        text: r#"{"ClientAddr":"192.0.2.1:39496","ClientHost":"192.0.2.1","Duration":357313,"DownstreamStatus":200,"RequestMethod":"GET","RequestPath":"/a","StartUTC":"2021-12-08T14:02:43.587782192Z","level":"info","msg":"","time":"2021-12-08T14:02:43Z"}
{"ClientAddr":"192.0.2.2:39497","ClientHost":"192.0.2.2","Duration":564849,"DownstreamStatus":200,"RequestMethod":"GET","RequestPath":"/b","StartUTC":"2021-12-08T14:02:43.687782192Z","level":"info","msg":"","time":"2021-12-08T14:02:43Z"}
"#,
        counts: (2, 0, 2, 2),
        stamps: 100,
        durations: (Durations::Total, &[357, 565]),
    },
    Log {
        name: "Traefik in Common Log Format",
        text: r#"192.0.2.1 - - [27/May/2026:10:00:00 +0000] "GET /api HTTP/1.1" 200 12 "-" "curl/8" 1 "web@docker" "http://172.18.0.3:80" 3ms
192.0.2.2 - - [27/May/2026:10:00:01 +0000] "GET /api2 HTTP/1.1" 200 12 "-" "curl/8" 2 "web@docker" "http://172.18.0.3:80" 3ms
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Total, &[3000, 3000]),
    },
    Log {
        name: "requests that are garbage",
        text: r#"192.0.2.44 - - [28/Feb/2021:03:54:40 +0800] "x00Cookie: mstshash=Administr" 400 157 "-" "-" "-"
192.0.2.154 - - [01/Mar/2021:03:25:25 +0800] "" 400 0 "-" "-" "-"
192.0.2.22 - - [17/Feb/2023:02:50:10 -0500] "MGLNDD_192.0.2.4_80" 400 150 "-" "-"
192.0.2.22 - - [29/Sep/2023:04:37:17 -0400] "\x03\x00\x00/*\xE0\x00\x00\x00\x00\x00Cookie: mstshash=Administr" 400 157 "-" "-" "-"
192.0.2.22 - - [29/Sep/2023:04:37:18 -0400] "GET / HTTP/1.1" 200 157 "" "Mozilla/5.0 (\"quoted\")"
"#,
        counts: (5, 0, 4, 3),
        stamps: 81_520_958_000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "a status that is none",
        text: r#"192.0.2.246 - - [23/May/2022:14:50:37 +0800] "POST /msg-service/x HTTP/1.1" store_code=0110074&opno=00520200 346 "-" "okhttp/3.11.0" "-"
192.0.2.246 - - [23/May/2022:14:50:38 +0800] "POST /msg-service/y HTTP/1.1" 200 346 "-" "okhttp/3.11.0" "-"
"#,
        counts: (1, 1, 1, 1),
        stamps: 0,
        durations: (Durations::None, &[]),
    },
];

/// From documentation.
#[rustfmt::skip]
pub(super) const FURTHER: &[Log] = &[
    Log {
        name: "Envoy",
        text: r#"[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"
[2016-04-15T20:17:01.310Z] "GET /api/v1/locations HTTP/2" 503 UF,URX 0 91 30 - "10.0.35.29, 10.0.35.28" "nsq2http" "-" "locations" "10.0.2.1:80"
[2016-04-15T20:17:02.310Z] "- - HTTP/1.1" 400 DPE 0 11 0 - "-" "-" "-" "-" "-"
"#,
        counts: (3, 0, 2, 3),
        stamps: 2000,
        durations: (Durations::Upstream, &[100_000, -1, -1]),
    },
    Log {
        name: "Istio",
        text: r#"[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 3 1 "-" "curl/7.73.0-DEV" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin.foo.svc.cluster.local default
[2020-11-25T21:26:19.409Z] "GET /status/200 HTTP/1.1" 200 - via_upstream - "-" 0 135 4 - "-" "curl/7.73.0-DEV" "84961386" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.24:37653 outbound_.8000_._.httpbin.foo.svc.cluster.local default
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[1000, -1]),
    },
    Log {
        name: "Envoy's JSON",
        text: r#"{"start_time":"2024-03-01T12:00:00.250Z","method":"GET","path":"/a?x=1","protocol":"HTTP/2","response_code":200,"duration":12,"upstream_service_time":"9","x_forwarded_for":"192.0.2.1,10.0.0.1","authority":"shop.example","downstream_remote_address":"10.0.0.9:1234","upstream_host":"10.0.0.2:80"}
{"start_time":"2024-03-01T12:00:01.250Z","method":"GET","path":"/b","response_code":503,"duration":3,"upstream_service_time":null,"x_forwarded_for":null,"downstream_remote_address":"[2001:db8::9]:1234"}
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[9000, -1]),
    },
    Log {
        name: "Kubernetes' ingress-nginx",
        text: r#"192.0.2.1 - - [01/Mar/2024:12:00:00 +0000] "GET /a HTTP/1.1" 200 612 "-" "curl/8" 83 0.003 [default-web-80] [] 10.0.0.5:8080 612 0.002 200 3a6f
192.0.2.2 - - [01/Mar/2024:12:00:01 +0000] "GET /b HTTP/1.1" 502 150 "-" "curl/8" 83 5.010 [default-web-80] [] 10.0.0.5:8080, 10.0.0.6:8080 0, 150 5.000, 0.010 502, 502 3a70
192.0.2.3 - - [01/Mar/2024:12:00:02 +0000] "GET /c HTTP/1.1" 404 150 "-" "curl/8" 83 0.000 [] [] - - - - 3a71
"#,
        counts: (3, 0, 3, 3),
        stamps: 2000,
        durations: (Durations::Upstream, &[5_010_000, 2000, -1]),
    },
    Log {
        name: "nginx with labels",
        text: r#"192.0.2.1 - - [01/Mar/2024:12:00:00 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl/8" rt=0.12 uct="0.001" uht="0.099" urt="0.100"
192.0.2.2 - - [01/Mar/2024:12:00:01 +0000] "GET /b HTTP/1.1" 200 12 "-" "curl/8" rt=0.020 uct="0.001, 0.001" uht="-, 0.004" urt="0.010, 0.005"
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[100_000, 15000]),
    },
    Log {
        name: "nginx with its times behind",
        text: r#"192.0.2.1 - - [01/Mar/2024:12:00:00 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl/8" 0.120 0.100
192.0.2.2 - - [01/Mar/2024:12:00:01 +0000] "GET /b HTTP/1.1" 200 12 "-" "curl/8" 0.001 -
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[100_000, -1]),
    },
    Log {
        name: "Docker's json-file",
        text: r#"{"log":"192.0.2.1 - - [01/Mar/2024:12:00:00 +0000] \"GET /a HTTP/1.1\" 200 12 \"-\" \"curl/8\"\n","stream":"stdout","time":"2024-03-01T12:00:00.5Z"}
{"log":"2024/03/01 12:00:01 [error] 12#12: *1 open() \"/x\" failed, client: 192.0.2.1, server: _, request: \"GET /x HTTP/1.1\", host: \"x\"\n","stream":"stderr","time":"2024-03-01T12:00:01.5Z"}
{"log":"{\"ts\":1709294402.0,\"request\":{\"client_ip\":\"192.0.2.2\",\"method\":\"GET\",\"uri\":\"/b?x=1\\u0026y=2\"},\"duration\":0.25}\n","stream":"stdout","time":"2024-03-01T12:00:02.5Z"}
"#,
        counts: (2, 1, 2, 2),
        stamps: 2000,
        durations: (Durations::Total, &[-1, 250_000]),
    },
    Log {
        name: "a container's runtime",
        text: r#"2024-03-01T12:00:00.123456789Z stdout F 192.0.2.1 - - [01/Mar/2024:12:00:00 +0000] "GET /a HTTP/1.1" 200 12
2024-03-01T12:00:01.123456789Z stderr F 2024/03/01 12:00:01 [notice] 1#1: start worker processes
2024-03-01T12:00:01.123456789Z stdout F 192.0.2.2 - - [01/Mar/2024:12:00:01 +0000] "GET /b HTTP/1.1" 200 12
"#,
        counts: (2, 1, 2, 2),
        stamps: 1000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "Compose and docker logs",
        text: r#"web-1    | 192.0.2.1 - - [01/Mar/2024:12:00:00 +0000] "GET /a HTTP/1.1" 200 12
proxy-1  | 2024-03-01T12:00:01.5Z 192.0.2.2 - - [01/Mar/2024:12:00:01 +0000] "GET /b HTTP/1.1" 200 12
db-1     | 2024-03-01 12:00:01.000 UTC [1] LOG:  database system is ready to accept connections
[pod/web-6d5f/nginx] 192.0.2.3 - - [01/Mar/2024:12:00:02 +0000] "GET /c HTTP/1.1" 200 12
"#,
        counts: (3, 1, 3, 3),
        stamps: 2000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "syslog",
        text: r#"<190>Feb  6 12:14:14 10.0.0.7 nginx: 192.0.2.1 - - [06/Feb/2024:12:14:14 +0000] "GET /a HTTP/1.1" 200 12
Feb  6 12:14:15 web nginx[12]: 192.0.2.2 - - [06/Feb/2024:12:14:15 +0000] "GET /b HTTP/1.1" 200 12
<190>1 2024-02-06T12:14:16.5Z 10.0.0.7 nginx 12 - - 192.0.2.3 - - [06/Feb/2024:12:14:16 +0000] "GET /c HTTP/1.1" 200 12
<190>1 2024-02-06T12:14:17.5Z 10.0.0.7 nginx 12 - [meta sequenceId="29"] 192.0.2.4 - - [06/Feb/2024:12:14:17 +0000] "GET /d HTTP/1.1" 200 12
2024-02-06T12:14:18+0000 web nginx[12]: 192.0.2.5 - - [06/Feb/2024:12:14:18 +0000] "GET /e HTTP/1.1" 200 12
<187>Feb  6 12:14:19 web nginx: 2024/02/06 12:14:19 [error] 12#12: *1 connect() failed, client: 192.0.2.1, request: "GET /f HTTP/1.1"
"#,
        counts: (5, 1, 5, 5),
        stamps: 4000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "HAProxy since 1.8",
        text: r#"2024-02-06T12:14:14.655+01:00 lb haproxy[14389]: 192.0.2.2:33317 [06/Feb/2024:12:14:14.655] www~ app/srv1 0/0/1/-1/30 503 221 - - SH-- 1/1/0/0/0 0/0 {Mozilla/5.0 (X11; Linux x86_64) like Gecko|shop} "GET /a?x=1 HTTP/1.1"
<134>Feb  6 12:14:15 haproxy[14389]: [2001:db8::3]:33318 [06/Feb/2024:12:14:15.655] www~ app/srv1 0/0/1/7/+9 200 +2750 - - ---- 1/1/1/1/0 0/0 "POST https://shop.example/b HTTP/2.0"
Feb  6 12:14:16 lb haproxy[14389]: 192.0.2.2:33319 [06/Feb/2024:12:14:16.655] www~ app/<NOSRV> -1/-1/-1/-1/0 400 187 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"
Feb  6 12:14:16 lb haproxy[14389]: 192.0.2.2:33320 [06/Feb/2024:12:14:16.700] www/1: Connection error during SSL handshake
"#,
        counts: (2, 2, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[-1, 7000]),
    },
    Log {
        name: "ELB and an IPv6 client of ALB",
        text: r#"2015-05-13T23:39:43.945958Z my-loadbalancer 192.0.2.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -
2015-05-13T23:39:44.945958Z my-loadbalancer [2001:db8::1]:1234 - -1 -1 -1 503 0 0 0 "GET http://www.example.com:80/x?y=1 HTTP/1.1" "curl/7.38.0" - -
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[1048, -1]),
    },
    Log {
        name: "S3",
        text: r#"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be 3E57427F3EXAMPLE REST.GET.OBJECT a.png "GET /bucket/a.png?versionId=1 HTTP/1.1" 200 - 113 113 70 10 "-" "S3Console/0.4" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader bucket.s3.us-west-1.amazonaws.com TLSv1.2 - -
79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be bucket [06/Feb/2019:00:00:39 +0000] 192.0.2.4 - 3E57427F3EXAMPLE REST.PUT.OBJECT b.png "PUT /bucket/b.png HTTP/1.1" 200 - - 113 7 - "-" "S3Console/0.4" - s9lz= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader bucket.s3.amazonaws.com TLSv1.2 - -
79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be bucket [06/Feb/2019:00:00:40 +0000] - AmazonS3 3E57427F3EXAMPLE S3.EXPIRE.OBJECT c.png "-" - - - 113 - - "-" "-" - - - - - - - - -
"#,
        counts: (2, 1, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[10000, -1]),
    },
    Log {
        name: "CloudFront as it is, with times",
        text: "#Version: 1.0\n\
         #Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(User-Agent) cs-uri-query time-taken x-forwarded-for\n\
         2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111.cloudfront.net\t/index.html\t200\tMozilla/5.0%20(X11)\t-\t0.001\t-\n\
         2019-12-04\t21:02:32\tLAX1\t392\t2001:db8::1\tGET\td111.cloudfront.net\t/b.html\t200\tMozilla/5.0\tq=1\t1.250\t198.51.100.7\n\
         ",
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Total, &[1_250_000, 1000]),
    },
    Log {
        name: "columns that change",
        text: r#"#Fields: date time c-ip cs-method cs-uri-stem
2023-10-10 00:00:01 192.0.2.5 GET /a
#Date: 2023-10-11 00:00:00
#Fields: time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent)
00:00:01 GET /a q=1 192.0.2.6 "an agent"
00:00:02 GET
"#,
        counts: (2, 1, 2, 2),
        stamps: 86_400_000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "Google's balancer",
        text: r#"{"httpRequest":{"latency":"0.012s","remoteIp":"192.0.2.1","requestMethod":"GET","requestSize":"95","requestUrl":"https://shop.example/a?x=1","responseSize":"12","serverIp":"10.0.0.2","status":200,"userAgent":"curl/8"},"insertId":"1","jsonPayload":{"@type":"type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry","statusDetails":"response_sent_by_backend"},"receiveTimestamp":"2024-03-01T12:00:01.5Z","severity":"INFO","timestamp":"2024-03-01T12:00:00.250Z"}
{"httpRequest":{"latency":"1.5s","remoteIp":"2001:db8::1","requestMethod":"GET","requestUrl":"https://shop.example","status":200},"timestamp":"2024-03-01T12:00:01.250Z"}
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Total, &[12000, 1_500_000]),
    },
    Log {
        name: "Cloudflare",
        text: r#"{"ClientIP":"192.0.2.1","ClientRequestHost":"shop.example","ClientRequestMethod":"GET","ClientRequestURI":"/a?x=1","ClientRequestPath":"/a","EdgeEndTimestamp":"2024-03-01T12:00:01Z","EdgeResponseStatus":200,"EdgeStartTimestamp":"2024-03-01T12:00:00Z","OriginResponseDurationMs":34}
{"ClientIP":"192.0.2.2","ClientRequestMethod":"GET","ClientRequestURI":"/b","EdgeEndTimestamp":1709294403000000000,"EdgeStartTimestamp":1709294402000000000,"OriginResponseDurationMs":0}
"#,
        counts: (2, 0, 2, 2),
        stamps: 2000,
        durations: (Durations::Upstream, &[34000, 0]),
    },
    Log {
        name: "Fastly",
        text: r#"{"timestamp":"2024-03-01T12:00:00+0000","client_ip":"192.0.2.1","host":"shop.example","url":"/a?x=1","request_method":"GET","response_status":200,"time_elapsed":1500}
{"timestamp":"2024-03-01T12:00:01+0000","client_ip":"192.0.2.2","url":"/b","request_method":"GET","response_status":200,"time_elapsed":250}
"#,
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Total, &[1500, 250]),
    },
    Log {
        name: "Elastic Common Schema, pino and echo",
        text: r#"{"@timestamp":"2024-03-01T12:00:00.000Z","http":{"request":{"method":"GET","headers":{"path":"/no"}},"response":{"status_code":200}},"url":{"path":"/a","query":"x=1"},"source":{"ip":"192.0.2.1"},"server":{"ip":"10.0.0.1"},"event":{"duration":1500000}}
{"level":30,"time":1709294401000,"req":{"id":1,"method":"GET","url":"/b","query":{"path":"/no"},"headers":{"host":"x"},"remoteAddress":"::ffff:192.0.2.2","remotePort":1234},"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}
{"time":"2024-03-01T12:00:02.5Z","id":"","remote_ip":"192.0.2.3","host":"localhost","method":"GET","uri":"/c","status":200,"error":"","latency":123456,"latency_human":"123.456µs","bytes_in":0}
"#,
        counts: (3, 0, 3, 3),
        stamps: 2500,
        durations: (Durations::Total, &[-1, 12000, 123]),
    },
    Log {
        name: "Heroku",
        text: r#"2012-10-11T03:47:20+00:00 heroku[router]: at=info method=GET path="/a?x=1" host=myapp.example request_id=8601b555 fwd="192.0.2.1, 10.0.0.1" dyno=web.1 connect=1ms service=18ms status=200 bytes=13
182 <158>1 2012-10-11T03:47:21+00:00 host heroku router - at=error code=H12 desc="Request timeout" method=GET path="/b" host=myapp.example fwd="192.0.2.2" dyno=web.2 connect=6ms service=30001ms status=503 bytes=0
2012-10-11T03:47:21+00:00 heroku[web.1]: State changed from starting to up
"#,
        counts: (2, 1, 2, 2),
        stamps: 1000,
        durations: (Durations::Upstream, &[18000, 30_001_000]),
    },
    Log {
        name: "logfmt",
        text: r#"time="2024-03-01T12:00:00Z" level=info msg="handled \"it\"" method=GET path=/a remote_addr=192.0.2.1:5000 duration=1.5ms status=200
time="2024-03-01T12:00:01Z" level=warning msg="GET /x is slow"
time="2024-03-01T12:00:02Z" level=info method=POST uri="/b?x=1" client=[2001:db8::1]:80 duration_us=250 status=200
"#,
        counts: (2, 1, 2, 2),
        stamps: 2000,
        durations: (Durations::Total, &[1500, 250]),
    },
    Log {
        name: "Squid",
        text: r"1286536308.779    180 192.0.2.1 TCP_MISS/200 411 GET http://www.example.com/a?x=1 - DIRECT/203.0.113.5 text/html
1286536309.779   1280 192.0.2.2 TCP_TUNNEL/200 3939 CONNECT www.example.com:443 - HIER_DIRECT/203.0.113.5 -
",
        counts: (2, 0, 2, 2),
        stamps: 1000,
        durations: (Durations::Total, &[1_280_000, 180_000]),
    },
    Log {
        name: "Varnish, Tomcat and gunicorn",
        text: r#"192.0.2.1 - - [01/Mar/2024:12:00:00 +0000] "GET http://shop.example/a HTTP/1.1" 200 12 "-" "curl/8"
2001:db8:0:0:0:0:0:1 - - [01/Mar/2024:12:00:01 +0000] "GET /b HTTP/1.1" 200 -
- - - [01/Mar/2024:12:00:02 +0000] "GET /c HTTP/1.1" 200 12 "-" "say \"hi\"" 12345
ppp-12.example.org - frank smith [01/Mar/2024:12:00:03 +0000] "GET /d HTTP/1.1" 200 12 "-" "an "odd" agent"
"#,
        counts: (4, 0, 4, 4),
        stamps: 3000,
        durations: (Durations::None, &[]),
    },
    Log {
        name: "gin, chi, Flask, uWSGI and PHP-FPM",
        text: r#"[GIN] 2024/03/01 - 12:00:00 | 200 |     1.234ms |       192.0.2.1 | GET      "/a?x=1"
2024/03/01 12:00:01 "GET http://localhost:3333/b HTTP/1.1" from 192.0.2.2:58900 - 200 5B in 40.1µs
192.0.2.3 - - [01/Mar/2024 12:00:02] "GET /c HTTP/1.1" 200 -
[pid: 7|app: 0|req: 1/1] 192.0.2.4 () {42 vars in 675 bytes} [Fri Mar  1 12:00:03 2024] GET /d => generated 11 bytes in 2 msecs (HTTP/1.1 200) 2 headers in 79 bytes (1 switches on core 0)
192.0.2.5 -  01/Mar/2024:12:00:04 +0000 "GET /index.php" 200
"#,
        counts: (5, 0, 5, 5),
        stamps: 4000,
        durations: (Durations::Total, &[1234, 40, -1, -1, -1]),
    },
    Log {
        name: "times as numbers, forwarded addresses, AWS and Kubernetes in JSON",
        text: r#"1709294400.123 192.0.2.1 "GET /a HTTP/1.1" 200 0.002
{"requestId":"1","ip":"192.0.2.2","requestTime":"01/Mar/2024:12:00:01 +0000","httpMethod":"GET","resourcePath":"/b/{id}","path":"/b/1","status":"200","responseLatency":12}
{"kind":"Event","level":"Metadata","stage":"ResponseComplete","requestURI":"/api/v1/pods?limit=1","verb":"list","user":{"username":"x"},"sourceIPs":["192.0.2.3","10.0.0.1"],"requestReceivedTimestamp":"2024-03-01T12:00:02.500Z","stageTimestamp":"2024-03-01T12:00:02.600Z"}
192.0.2.4, 10.0.0.1 - - [01/Mar/2024:12:00:03 +0000] "GET /d HTTP/1.1" 200 12 "-" "curl/8" "203.0.113.9, 10.0.0.1"
"#,
        counts: (4, 0, 4, 4),
        stamps: 2877,
        durations: (Durations::Total, &[2000, 12000, -1, -1]),
    },
];

#[test]
fn every_format_gives_its_records() {
    let mut wrong = Vec::new();
    for log in REPORTED.iter().chain(FURTHER) {
        for text in [log.text.to_owned(), log.text.replace('\n', "\r\n"), format!("\u{feff}{}", log.text)] {
            let records = read(&text).unwrap_or_else(|error| panic!("{}: {error}", log.name));
            let counts =
                (records.len(), records.unparsed(), records.distinct_keys(), records.distinct_clients());
            let micros = |n| records.duration(n).map_or(-1, |span| (span.nanos() / 1_000).cast_signed());
            let known = records.durations() != Durations::None;
            let micros: Vec<_> = (0..records.len() as u32).filter(|_| known).map(micros).collect();
            let stamps = records.stamps().nanos() / 1_000_000;
            let durations = (records.durations(), &micros[..]);
            if (counts, stamps, durations) != (log.counts, log.stamps, log.durations) {
                let shown = records.first_unparsed();
                wrong.push(format!("{}: {counts:?}, {stamps} ms, {durations:?}, {shown:?}", log.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
