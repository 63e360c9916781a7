# syntax=docker/dockerfile:1
# Both bases are arguments: pin them by digest, or point them at a mirror of your own. Nothing needs
# a shell at run time, so a base that holds nothing but Node (a distroless one) is the better choice.
ARG BUILD_IMAGE=node:26-bookworm-slim
ARG RUNTIME_IMAGE=node:26-bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts/build.ts scripts/build.ts
COPY src src
RUN node scripts/build.ts && npm ci --ignore-scripts --omit=dev

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="keymate-guard" \
      org.opencontainers.image.description="The Keymate deployment guide as an admission webhook and a file check"
WORKDIR /app
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
# Where distroless bases keep Node, before where others do.
ENV PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin
USER 65532:65532
EXPOSE 8443 8081
# Node is process 1 and gets SIGTERM itself. The heap stays below the container's memory limit.
# A small young generation: reviews are short-lived, and first lists of a large cluster leave less.
ENTRYPOINT ["node", "--max-old-space-size-percentage=65", "--max-semi-space-size=8", "/app/dist/bin.js"]
CMD ["serve"]
