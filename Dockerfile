# Two stages: the first compiles, the second carries what runs. Debian: Temporal's SDK has no build for musl (Alpine).
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# The client needs no engine; Prisma's CLI would download one unless it is given a file.
RUN PRISMA_SCHEMA_ENGINE_BINARY=/bin/true npx prisma generate && npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/tmp/tilework
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/scripts ./dist/scripts
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/web/static ./web/static
COPY --from=build /app/web/dist ./web/dist
USER node
EXPOSE 3000
# DATABASE_URL, TEMPORAL_ADDRESS and ENCRYPTION_KEY are needed; ROLES says what this process is. The flags are those of scripts/node-flags.mjs.
CMD ["node", "--max-semi-space-size=4", "dist/cli/main.js", "start"]
