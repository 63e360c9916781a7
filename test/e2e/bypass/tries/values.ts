import { database, object } from "../../practices/objects.ts";
import { sound, soundContainer } from "../../practices/support.ts";
import { SIZED } from "../../support/manifests.ts";
import { APP, DATA, unsized, withContainer } from "../site.ts";
import { apiServer, type Group, guard } from "../try.ts";

export const VALUES: Group = {
  title: "By the way a value is written",
  tries: [
    {
      id: "null-limits",
      what: "write null where a quantity belongs",
      outcome: guard("res-zero"),
      how: "the API server decodes null to 0, and 0 is refused",
      run: (site) => {
        const resources = { limits: { cpu: null, memory: null } };
        const made = unsized("nulls", { containers: [{ name: "main", resources }] });
        return site.raw("POST", `/apis/apps/v1/namespaces/${DATA}/statefulsets`, made);
      },
    },
    {
      id: "empty-resources",
      what: "write empty maps instead of nothing",
      outcome: guard("res-limits-required", "res-requests-required"),
      how: "absent, null and empty are alike",
      run: (site) => {
        const resources = { limits: {}, requests: {} };
        return site.apply(unsized("empties", { containers: [{ name: "main", resources }] }));
      },
    },
    {
      id: "zero-disguised",
      what: "write 0 as 0e3 or 0m",
      outcome: guard("res-zero"),
      how: "quantities are compared as numbers",
      run: (site) => {
        const resources = { limits: { cpu: "0e3", memory: "0Ki" } };
        return site.apply(unsized("zeros", { containers: [{ name: "main", resources }] }));
      },
    },
    {
      id: "number-for-quantity",
      what: "write a number where custom resources take number or text",
      outcome: guard("res-zero"),
      how: "both are read",
      run: (site) => {
        const resources = { ...SIZED, limits: { cpu: 1, memory: 0 } };
        return site.apply(database(`${DATA}/numbers`, { resources }));
      },
    },
    {
      id: "request-above-limit",
      what: "ask for more than the limit in a custom resource, where no API server checks, in other units",
      outcome: guard("res-request-exceeds-limit"),
      how: "0.5 and 400m are compared as numbers",
      run: (site) => {
        const resources = {
          requests: { ...SIZED.requests, cpu: 0.5 },
          limits: { ...SIZED.limits, cpu: "400m" },
        };
        return site.apply(database(`${DATA}/units`, { resources }));
      },
    },
    {
      id: "pod-level-half",
      what: "give the Pod a limit of its own for cpu, so that no container needs one",
      outcome: guard("res-limits-required"),
      how: "a limit of the Pod counts for the resource that it names, memory is still missing",
      run: (site) => {
        const made = unsized("half", {
          containers: [{ name: "main", resources: { requests: SIZED.requests } }],
        });
        const { template } = made.spec as { template: { spec: object } };
        const resources = { limits: { cpu: "1" } };
        const spec = { ...template.spec, resources };
        return site.apply({ ...made, spec: { ...made.spec, template: { ...template, spec } } });
      },
    },
    {
      id: "duplicate-containers",
      what: "name two containers alike, one good, one not",
      outcome: apiServer(/Duplicate value/),
      how: "the API server wants them to differ",
      run: (site) => {
        const containers = [soundContainer("main"), { name: "main" }];
        const made = unsized("doubles", { containers });
        return site.raw("POST", `/apis/apps/v1/namespaces/${APP}/statefulsets`, {
          ...made,
          metadata: { ...made.metadata, namespace: APP },
        });
      },
    },
    {
      id: "homoglyph-names",
      what: "use letters of another script in names of containers",
      outcome: apiServer(/lowercase RFC 1123 label/),
      how: "names are ASCII",
      run: (site) => {
        const made = withContainer("glyphs", {});
        const text = JSON.stringify(made).replaceAll('"name":"main"', '"name":"mаin"');
        return site.raw("POST", `/apis/apps/v1/namespaces/${APP}/deployments`, text);
      },
    },
    {
      id: "replication-controller",
      what: "use the kind that everybody forgot, ReplicationController",
      outcome: guard("res-limits-required"),
      how: "it is a workload like any other",
      run: (site) => {
        const { template } = unsized("rc").spec as { template: object };
        return site.apply(
          object("v1", "ReplicationController", `${DATA}/rc`, {
            spec: { replicas: 1, selector: { app: "rc" }, template },
          }),
        );
      },
    },
    {
      id: "port-looks-like-tag",
      what: "leave the tag out behind a registry with a port",
      outcome: guard("upgrade-mutable-tag"),
      how: "host:5000/app has no tag",
      run: (site) => site.apply(withContainer("port", { image: "registry.example:5000/app" })),
    },
    {
      id: "host-port-of-init-container",
      what: "open a port of the node in an init container",
      outcome: guard("net-host-access"),
      how: "init containers and sidecars are read",
      run: (site) =>
        site.apply(
          sound("Deployment", `${APP}/host-port`, {
            component: "none",
            initContainers: [
              soundContainer("proxy", {
                restartPolicy: "Always",
                ports: [{ containerPort: 8080, hostPort: 8080 }],
              }),
            ],
          }),
        ),
    },
  ],
};
