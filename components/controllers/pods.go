package controllers

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"

	"redoubt/components/cluster"
)

// Pods are the controllers' replicas, with what each asks of its node. They have
// the highest priority, so nodes must hold them beside the agents.
func Pods() ([]cluster.Pods, error) {
	all, err := manifests()
	if err != nil {
		return nil, err
	}
	var out []cluster.Pods
	for _, m := range all {
		if m.text("kind") != "Deployment" {
			continue
		}
		spec, _ := m["spec"].(map[string]any)
		replicas, _ := spec["replicas"].(int)
		if replicas < 1 {
			return nil, fmt.Errorf("%s has %v replicas, want a number", m.part(), spec["replicas"])
		}
		template, _ := spec["template"].(map[string]any)
		pod, _ := template["spec"].(map[string]any)
		each, err := asks(pod)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.part(), err)
		}
		out = append(out, cluster.Pods{Name: m.meta("name"), Replicas: replicas, Each: each})
	}
	return out, nil
}

// asks is what a pod asks for: all its containers together, or one that runs
// before them where that asks for more
// (https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers).
func asks(pod map[string]any) (cluster.Room, error) {
	var out cluster.Room
	containers, _ := pod["containers"].([]any)
	for _, c := range containers {
		r, err := requests(c)
		if err != nil {
			return out, err
		}
		out.CPUMillis, out.MemoryMiB = out.CPUMillis+r.CPUMillis, out.MemoryMiB+r.MemoryMiB
	}
	before, _ := pod["initContainers"].([]any)
	for _, c := range before {
		r, err := requests(c)
		if err != nil {
			return out, err
		}
		out.CPUMillis, out.MemoryMiB = max(out.CPUMillis, r.CPUMillis), max(out.MemoryMiB, r.MemoryMiB)
	}
	return out, nil
}

// requests is what a container asks for. One that does not say it cannot be counted.
func requests(container any) (cluster.Room, error) {
	c, _ := container.(map[string]any)
	resources, _ := c["resources"].(map[string]any)
	asked, _ := resources["requests"].(map[string]any)
	cpu, err := resource.ParseQuantity(fmt.Sprint(asked["cpu"]))
	if err != nil {
		return cluster.Room{}, fmt.Errorf("container %v asks for %v of the processor: %w", c["name"], asked["cpu"], err)
	}
	memory, err := resource.ParseQuantity(fmt.Sprint(asked["memory"]))
	if err != nil {
		return cluster.Room{}, fmt.Errorf("container %v asks for %v of memory: %w", c["name"], asked["memory"], err)
	}
	return cluster.Room{CPUMillis: int(cpu.MilliValue()), MemoryMiB: int((memory.Value() + 1<<20 - 1) >> 20)}, nil
}
