package analyzer

import (
	"fmt"
	"sync"

	"redoubt/assess"
	"redoubt/policies/pack"
	"redoubt/system"
)

// begin starts the forecasts that the configured rules will ask for, beside the program that the engine runs.
func (s *Server) begin() {
	if s.options.Forecast == nil || !system.Home(s.setting("redoubt:home")).Valid() {
		return
	}
	for _, r := range s.rules {
		if r.level != pack.Disabled && r.Stack != nil && r.Stack.Forecasts != nil {
			forecast := s.forecast(r.Stack.Forecasts(r.config))
			go func() { _, _ = forecast() }() // whoever asks for it gets the error
		}
	}
}

// forecast is the one forecast with the options.
func (s *Server) forecast(o assess.Options) func() (assess.Report, error) {
	key := fmt.Sprint(o)
	if s.forecasts[key] == nil {
		folder, file := projectFolder(s.folder, s.options.Folder), s.path()
		s.forecasts[key] = sync.OnceValues(func() (assess.Report, error) {
			return s.options.Forecast(s.running, folder, file, o)
		})
	}
	return s.forecasts[key]
}
