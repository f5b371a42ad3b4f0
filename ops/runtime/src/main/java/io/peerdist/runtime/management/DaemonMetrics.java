// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.peerdist.runtime.BuildVersion;
import io.prometheus.metrics.core.metrics.Info;
import java.time.Duration;

/** The registry of a process, with what the virtual machine and the build tell about themselves. Thread-safe. */
public final class DaemonMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    public DaemonMetrics() {
        // Prometheus wants seconds, and no _count but of a histogram.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        FunctionCounter.builder("process_cpu_seconds", ProcessHandle.current(), DaemonMetrics::cpuSeconds)
                .description("Processor time of this process")
                .register(registry);
        // Not by Micrometer, which takes the suffix _info from the names of its gauges.
        Info.builder()
                .name("peerdist_build_info")
                .help("Always 1; the label tells the version of the program")
                .labelNames("version")
                .register(registry.getPrometheusRegistry())
                .setLabelValues(BuildVersion.current());
    }

    private static double cpuSeconds(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1000.0;
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
