# One image for API, workers and migrations. The embedded PostgreSQL is left out: here the database is a service.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY prisma ./prisma
COPY tools ./tools
COPY src ./src
COPY connectors ./connectors
COPY workers ./workers
RUN npm ci --no-audit --no-fund && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma ./prisma
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
ENV LASTDAY_DATA=/data LASTDAY_LISTEN=0.0.0.0:4400 LASTDAY_ADMIN_LISTEN=0.0.0.0:4401
EXPOSE 4400 4401
ENTRYPOINT ["node", "--disable-proto=delete", "dist/src/cli/main.js"]
CMD ["start"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4401/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
