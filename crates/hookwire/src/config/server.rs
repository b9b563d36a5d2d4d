//! Settings of the server's own side: where it listens and whom it lets in.

use std::net::{Ipv4Addr, SocketAddr};

use hookwire_types::SecretText;

use super::frame_ancestors::{Ancestors, FrameAncestors};
use super::kind::{Address, Number, Secret, Switch};
use super::public_url::PublicUrl;
use super::setting::settings;

settings! {
    /// Where the server listens, and how much it takes from those who call it.
    ServerSettings: "Server" {
        /// Address and port that the API listens on. The default is reachable from this machine
        /// only; `0.0.0.0:8071` listens on all networks. Port 0 takes any free port, which the
        /// start text names.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 8071)), Address,
            "HOOKWIRE_LISTEN", "--listen";

        /// The address at which people reach this server, as links to it begin, such as those to
        /// the customer portal. Without it a link begins with `http://` and what the request that
        /// asked for it was sent to, which is wrong behind a proxy that speaks HTTPS.
        public_url: Option<String> = None, PublicUrl, "HOOKWIRE_PUBLIC_URL";

        /// Whose pages may show the customer portal in a frame: the origins of your product,
        /// separated by spaces, such as `'self' https://app.example.com`. `'self'` is this server
        /// itself, `'none'` is nobody, and `*` is any page on the web, also one that tricks people
        /// into clicking. The dashboard itself is never shown in a frame.
        portal_frame_ancestors: FrameAncestors = FrameAncestors::default(), Ancestors,
            "HOOKWIRE_PORTAL_FRAME_ANCESTORS";

        /// For trying out and developing: webhooks may go to this machine (`127.0.0.0/8` and
        /// `::1`), the sample catalogue of events is loaded, `/dev/receiver` answers webhooks,
        /// and the start text has commands to paste. Not for a server that others can reach.
        dev: bool = false, Switch, "HOOKWIRE_DEV", "--dev";

        /// Signs the tokens with which callers prove who they are (HS256). Without it a secret is
        /// made at the first start and kept beside the database, in `<database>.secret`, readable
        /// by its owner only. Changing it makes all earlier tokens worthless.
        jwt_secret: Option<SecretText> = None, Secret, "HOOKWIRE_JWT_SECRET";

        /// Bytes of a request's body at most; a larger one is answered with 413.
        api_body_bytes_max: usize = 2 << 20, Number { min: 1_024, max: 64 << 20 },
            "HOOKWIRE_API_BODY_BYTES_MAX";

        /// Connections of callers at most. Further ones wait until one is closed.
        api_connections_max: usize = 4_096, Number { min: 1, max: 1_000_000 },
            "HOOKWIRE_API_CONNECTIONS_MAX";

        /// Whether people without an account may make request bins. Each gets a bin that keeps
        /// little, takes little, forwards nothing and ends two days after its last use.
        public_bins: bool = false, Switch, "HOOKWIRE_PUBLIC_BINS", "--public-bins";

        /// Public bins in all; more are refused until some have expired. Each may take up to 16 MiB
        /// of the disk.
        public_bins_max: u64 = 10_000, Number { min: 1, max: 10_000_000 },
            "HOOKWIRE_PUBLIC_BINS_MAX";

        /// How long a stopping server waits for requests and deliveries in flight, in seconds.
        /// What is not finished by then is sent again after the next start.
        shutdown_timeout_seconds: u32 = 20, Number { min: 0, max: 600 },
            "HOOKWIRE_SHUTDOWN_TIMEOUT_SECONDS";

        /// Whether each of the threads that do the work stays on a core of its own: on Linux, and
        /// where the process may use all of each core that it sees.
        pin_workers: bool = true, Switch, "HOOKWIRE_PIN_WORKERS";
    }
}
