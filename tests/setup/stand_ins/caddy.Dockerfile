# In place of caddy:2 where Docker Hub cannot be reached: Debian's Caddy.
FROM labelbuddy/base:bookworm
RUN apt-get update -q && apt-get install -y -q --no-install-recommends caddy && rm -rf /var/lib/apt/lists/*
ENV XDG_DATA_HOME=/data XDG_CONFIG_HOME=/config
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
