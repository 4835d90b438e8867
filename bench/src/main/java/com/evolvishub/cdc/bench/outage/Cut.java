package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.servers.TcpProxy;

/** How a server goes away. */
enum Cut {
    /** Connections are reset and refused. */
    REFUSES {
        @Override
        void begin(TcpProxy way) {
            way.refuse();
        }
    },
    /** Connections stay and are taken, and nothing answers. */
    SILENT {
        @Override
        void begin(TcpProxy way) {
            way.silence();
        }
    };

    abstract void begin(TcpProxy way);

    @Override
    public String toString() {
        return this == REFUSES ? "refuses" : "silent";
    }
}
