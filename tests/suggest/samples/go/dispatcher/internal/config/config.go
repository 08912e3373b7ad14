// Package config reads what the function is told by its environment.
package config

import "os"

type Settings struct {
	Bus          string
	StateMachine string
	Indexer      string
}

func Load() Settings {
	return Settings{
		Bus:          must("BUS"),
		StateMachine: must("STATE_MACHINE"),
		Indexer:      must("INDEXER"),
	}
}

func must(name string) string {
	value, ok := os.LookupEnv(name)
	if !ok {
		panic(name + " is not set")
	}
	return value
}
