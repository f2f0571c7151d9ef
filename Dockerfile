# syntax=docker/dockerfile:1
#
#   docker build -t aiperf .
#   docker run --rm --init aiperf profile --mock-server
#   docker run --rm --init --network host -v "$PWD/artifacts:/artifacts" --user "$(id -u):$(id -g)" \
#     aiperf profile --model M --url http://localhost:8000 --streaming --artifact-dir /artifacts/run1
#
# It needs no capability and no writable root; sockets and results go to /tmp:
#   docker run --rm --init --read-only --tmpfs /tmp --cap-drop ALL aiperf profile --mock-server
#
# --init gives the container a first process that reaps what a killed service leaves behind.

ARG DENO_VERSION=2.9.6

FROM node:22-bookworm-slim AS build
ARG DENO_VERSION
RUN npm install --global --no-fund --no-audit "deno@${DENO_VERSION}"
WORKDIR /src
# Packages first: this layer is built again only when the dependencies change.
COPY deno.json deno.lock ./
RUN deno install --frozen
COPY . .
RUN deno task compile --target host --no-archive --output /out && mv /out/*/aiperf /out/aiperf

# glibc, libgcc and certificates; no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="aiperf" \
  org.opencontainers.image.description="Benchmark of generative-AI inference servers" \
  org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build --chown=root:root --chmod=0755 /out/aiperf /usr/local/bin/aiperf
COPY --from=build --chown=root:root --chmod=0644 /src/LICENSE /usr/share/doc/aiperf/LICENSE
# Numeric, so that Kubernetes can see that it is not root.
USER 65532:65532
# The one place that is writable: artifacts/ and the run directory land here unless told otherwise.
WORKDIR /tmp
ENTRYPOINT ["/usr/local/bin/aiperf"]
