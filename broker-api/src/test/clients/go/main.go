// Clients gets tokens with Go's OAuth client library, used as its documentation says.
//
// usage: clients JOB, a JSON file that ClientLibrariesTest writes
//
// It prints a JSON object: the way in which a token was got, and the token.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type job struct {
	Issuer   string `json:"issuer"`
	Resource string `json:"resource"`
	Evidence string `json:"evidence"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

func run(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var told job
	if err := json.Unmarshal(text, &told); err != nil {
		return err
	}
	tokens := map[string]string{}
	for way, parameters := range map[string]url.Values{
		"x/oauth2 assertion of a platform": {
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			"client_assertion":      {told.Evidence},
		},
		"x/oauth2 jwt-bearer": {
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
			"assertion":  {told.Evidence},
		},
		"x/oauth2 token-exchange": {
			"grant_type":         {"urn:ietf:params:oauth:grant-type:token-exchange"},
			"subject_token_type": {"urn:ietf:params:oauth:token-type:jwt"},
			"subject_token":      {told.Evidence},
		},
	} {
		parameters.Set("resource", told.Resource)
		config := clientcredentials.Config{
			ClientID:       "bot",
			TokenURL:       told.Issuer + "/oauth2/token",
			EndpointParams: parameters,
			AuthStyle:      oauth2.AuthStyleInParams,
		}
		token, err := config.Token(context.Background())
		if err != nil {
			return fmt.Errorf("%s: %w", way, err)
		}
		tokens[way] = token.AccessToken
	}
	return json.NewEncoder(os.Stdout).Encode(tokens)
}
