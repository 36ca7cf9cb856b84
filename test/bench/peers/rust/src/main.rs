// The benchmark's calls through AWS's SDK for Rust: peer OPERATION CALLS. Prints the microseconds of wall time and of
// CPU that a call took.
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::Client;
use std::collections::HashMap;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

fn connect() -> Result<Client, Failure> {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(std::env::var("DYNAMO_BENCH_ENDPOINT")?)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "bench"))
        .build();
    Ok(Client::from_conf(config))
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: &str) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

// The item of bench.c.
fn item() -> HashMap<String, AttributeValue> {
    let label = HashMap::from([
        ("Name".to_string(), text("Parlophone")),
        ("Country".to_string(), text("GB")),
    ]);
    let genres = vec![text("rock"), text("folk")];
    HashMap::from([
        ("Artist".to_string(), text("Artist 00000")),
        ("SongTitle".to_string(), text("Song 00000")),
        ("Year".to_string(), number("1969")),
        ("Price".to_string(), number("9.99")),
        ("Plays".to_string(), number("123456")),
        ("Live".to_string(), AttributeValue::Bool(false)),
        ("Genres".to_string(), AttributeValue::L(genres)),
        ("Label".to_string(), AttributeValue::M(label)),
        ("Note".to_string(), text(&std::env::var("DYNAMO_BENCH_NOTE").unwrap_or_default())),
    ])
}

async fn call(client: &Client, operation: &str, item: &HashMap<String, AttributeValue>) -> Result<(), Failure> {
    match operation {
        "GetItem" => {
            let found = client.get_item().table_name("Music").key("Artist", text("Artist 00000")).send().await?;
            found.item.ok_or("no item")?;
        }
        "PutItem" => {
            client.put_item().table_name("Music").set_item(Some(item.clone())).send().await?;
        }
        "Scan" => {
            let page = client.scan().table_name("Music").send().await?;
            (page.items().len() == 3000).then_some(()).ok_or("not 3,000 items")?;
        }
        _ => return Err("no such operation".into()),
    }
    Ok(())
}

fn cpu_us() -> f64 {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) as f64 * 1e6
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) as f64
}

// Calls come one after the other: a runtime of one thread is the quickest there is for them.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let calls: u32 = arguments[2].parse()?;
    let client = connect()?;
    let item = item();

    for _ in 0..calls / 10 + 1 {
        call(&client, &arguments[1], &item).await?;
    }
    let (cpu, wall) = (cpu_us(), Instant::now());
    for _ in 0..calls {
        call(&client, &arguments[1], &item).await?;
    }
    let wall = wall.elapsed().as_secs_f64() * 1e6;
    println!("{:.3} {:.3}", wall / calls as f64, (cpu_us() - cpu) / calls as f64);
    Ok(())
}
