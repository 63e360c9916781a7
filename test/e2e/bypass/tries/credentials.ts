import { object } from "../../practices/objects.ts";
import { sound, soundContainer } from "../../practices/support.ts";
import { SIZED, workload } from "../../support/manifests.ts";
import { APP, DATA, unsized, withContainer } from "../site.ts";
import { apiServer, type Group, guard, through } from "../try.ts";

const VALUE = "hunter2-Str0ng";

const withEnv = (name: string, ...env: readonly object[]) => withContainer(name, { env });

export const CREDENTIALS: Group = {
  title: "By where a credential hides",
  tries: [
    {
      id: "homoglyph-variable",
      what: "use letters of another script in the name of a variable",
      outcome: apiServer(/printable ASCII|environment variable name/),
      how: "names of variables are ASCII",
      run: (site) =>
        site.raw(
          "POST",
          `/apis/apps/v1/namespaces/${APP}/deployments`,
          withEnv("cyrillic", { name: "DB_PАSSWORD", value: VALUE }),
        ),
    },
    {
      id: "variable-spelt-otherwise",
      what: "spell PASSWORD in camelCase, with dots or dashes",
      outcome: guard("secret-env-literal"),
      how: "names are split into words",
      run: (site) => site.apply(withEnv("camel", { name: "dbAdminPassword", value: VALUE })),
    },
    {
      id: "variable-written-twice",
      what: "set a variable by reference first and by a literal after it",
      outcome: guard("secret-env-literal"),
      how: "the last one wins, in the container and in the rule",
      run: (site) => {
        const valueFrom = { secretKeyRef: { name: "db", key: "password" } };
        const made = withEnv("twice", { name: "DB_PASSWORD", valueFrom });
        const text = JSON.stringify(made).replace(
          '"env":[',
          '"env":[{"name":"OTHER","value":"x"},',
        );
        const last = text.replace(/(\{"name":"DB_PASSWORD"[^\]]*\})\]/, (_, first: string) => {
          return `${first},{"name":"DB_PASSWORD","value":"${VALUE}"}]`;
        });
        return site.raw("POST", `/apis/apps/v1/namespaces/${APP}/deployments`, last);
      },
    },
    {
      id: "init-container",
      what: "put the credential into an init container or a sidecar",
      outcome: guard("secret-env-literal"),
      how: "all containers that a template can have are read",
      run: (site) =>
        site.apply(
          sound("Deployment", `${APP}/sidecar`, {
            component: "none",
            initContainers: [
              soundContainer("proxy", {
                restartPolicy: "Always",
                env: [{ name: "DB_PASSWORD", value: VALUE }],
              }),
            ],
          }),
        ),
    },
    {
      id: "cron-job-template",
      what: "hide it in the template of a CronJob's Job",
      outcome: guard("secret-env-literal"),
      how: "templates are found at any depth that a kind has them",
      run: (site) =>
        site.apply(
          workload("CronJob", `${APP}/nightly`, {
            component: "none",
            containers: [
              { name: "main", resources: SIZED, env: [{ name: "DB_PASSWORD", value: VALUE }] },
            ],
          }),
        ),
    },
    {
      id: "pod-template",
      what: "keep the credential in a PodTemplate object",
      outcome: through(),
      how: "nothing runs a PodTemplate, and the Pods made from it are judged; what is stored in kinds that no rule names is as readable as a ConfigMap, RBAC decides",
      run: (site) => {
        const { template } = unsized("stored").spec as { template: object };
        return site.apply(object("v1", "PodTemplate", `${DATA}/stored`, { template }));
      },
    },
    {
      id: "credential-in-arguments",
      what: "pass the credential on the command line, inside a URL",
      outcome: guard("secret-args-literal"),
      how: "arguments are read in pairs and as URLs",
      run: (site) =>
        site.apply(withContainer("args", { args: ["--db", `postgres://api:${VALUE}@db/api`] })),
    },
    {
      id: "credential-in-annotation",
      what: "keep the credential in an annotation and hand it over by the downward API",
      outcome: through(),
      how: "a reference is taken for one; text in annotations is not searched, they carry whole manifests of other tools. Rotation and reviews have to find it",
      run: (site) => {
        const fieldRef = { fieldPath: "metadata.annotations['note']" };
        const made = withEnv("downward", { name: "DB_PASSWORD", valueFrom: { fieldRef } });
        const { template } = made.spec as unknown as { template: { metadata: object } };
        const metadata = { ...template.metadata, annotations: { note: VALUE } };
        return site.apply({ ...made, spec: { ...made.spec, template: { ...template, metadata } } });
      },
    },
    {
      id: "binary-data",
      what: "keep a private key in the binaryData of a ConfigMap, in base64",
      outcome: guard("secret-configmap"),
      how: "it is recognised in base64 too",
      run: (site) => {
        const key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
        const binaryData = { "tls.bin": Buffer.from(key).toString("base64") };
        return site.apply(object("v1", "ConfigMap", `${APP}/binary`, { binaryData }));
      },
    },
    {
      id: "argo-values",
      what: "put a credential into the Helm values of an Argo CD Application",
      outcome: guard("secret-gitops-values"),
      how: "values are searched like any text",
      run: (site) =>
        site.apply(
          object("argoproj.io/v1alpha1", "Application", `${APP}/api`, {
            spec: {
              source: { helm: { values: `db:\n  url: postgres://api:${VALUE}@db/api\n` } },
            },
          }),
        ),
    },
  ],
};
