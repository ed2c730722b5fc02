//go:build programs

// Package kubernetes names the programs of a real cluster that tests run against.
package kubernetes

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
