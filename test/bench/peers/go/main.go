// The benchmark's calls through AWS's SDK for Go: peer OPERATION CALLS. Prints the microseconds of wall time and of CPU
// that a call took.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func keys(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
}

func connect() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(os.Getenv("DYNAMO_BENCH_ENDPOINT")),
		Credentials:  aws.NewCredentialsCache(aws.CredentialsProviderFunc(keys)),
	})
}

func text(value string) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: value}
}

func number(value string) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: value}
}

// The item of bench.c.
func item() map[string]types.AttributeValue {
	label := map[string]types.AttributeValue{"Name": text("Parlophone"), "Country": text("GB")}
	genres := []types.AttributeValue{text("rock"), text("folk")}
	return map[string]types.AttributeValue{
		"Artist":    text("Artist 00000"),
		"SongTitle": text("Song 00000"),
		"Year":      number("1969"),
		"Price":     number("9.99"),
		"Plays":     number("123456"),
		"Live":      &types.AttributeValueMemberBOOL{Value: false},
		"Genres":    &types.AttributeValueMemberL{Value: genres},
		"Label":     &types.AttributeValueMemberM{Value: label},
		"Note":      text(os.Getenv("DYNAMO_BENCH_NOTE")),
	}
}

func getItem(ctx context.Context, client *dynamodb.Client) error {
	key := map[string]types.AttributeValue{"Artist": text("Artist 00000")}
	found, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("Music"), Key: key})
	if err == nil && found.Item == nil {
		err = errors.New("no item")
	}
	return err
}

func putItem(ctx context.Context, client *dynamodb.Client, item map[string]types.AttributeValue) error {
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("Music"), Item: item})
	return err
}

func scan(ctx context.Context, client *dynamodb.Client) error {
	page, err := client.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String("Music")})
	if err == nil && len(page.Items) != 3000 {
		err = errors.New("not 3,000 items")
	}
	return err
}

func cpuMicroseconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e3
}

func main() {
	ctx := context.Background()
	client := connect()
	music := item()
	operations := map[string]func() error{
		"GetItem": func() error { return getItem(ctx, client) },
		"PutItem": func() error { return putItem(ctx, client, music) },
		"Scan":    func() error { return scan(ctx, client) },
	}
	operation := operations[os.Args[1]]
	calls, err := strconv.Atoi(os.Args[2])
	if operation == nil || err != nil {
		log.Fatal("usage: peer OPERATION CALLS")
	}
	run := func(calls int) {
		for range calls {
			if err := operation(); err != nil {
				log.Fatal(err)
			}
		}
	}
	run(calls/10 + 1)
	cpu, begin := cpuMicroseconds(), time.Now()
	run(calls)
	wall := float64(time.Since(begin).Nanoseconds()) / 1e3
	fmt.Printf("%.3f %.3f\n", wall/float64(calls), (cpuMicroseconds()-cpu)/float64(calls))
}
