# Build:  docker build -t panelist .
#
# Run, with nothing writable but the data:
#   docker run -d --name panelist --init -p 127.0.0.1:3000:3000 -v panelist-data:/data \
#     -v "$PWD/jwt-secret:/run/secrets/jwt:ro" -e JWT_SECRET_FILE=/run/secrets/jwt \
#     --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges panelist
# The secret file must be readable for user 10001.

FROM node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS build

WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund

COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

# On this Node.js, SQLite runs through release 13 of its driver (db/sqlite/driver.mjs). Of that only what is loaded stays.
RUN rm -rf node_modules/better-sqlite3 node_modules/better-sqlite3-13/deps node_modules/better-sqlite3-13/src \
 && node -e "import('/app/dist/db/sqlite/driver.mjs').then(({ default: Sqlite }) => new Sqlite(':memory:').close())"


FROM node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df

# A running server installs nothing.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /opt/yarn-* \
      /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
 && mkdir /data \
 && chown 10001:10001 /data \
 && chmod 0700 /data

WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE /app/NOTICE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist

ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATABASE_URL=file:/data/panelist.db

USER 10001:10001
VOLUME /data
EXPOSE 3000

HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# Room for the young objects of a search of hundreds of people, and no more: it is part of what an idle process takes.
ENTRYPOINT ["node", "--max-semi-space-size=24", "dist/server.js"]
