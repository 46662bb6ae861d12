// Fetches a page every minute: a BackgroundService with a logger, a parameter and an IHttpClientFactory.
using Microsoft.Extensions.DependencyInjection;

var application = new Application("poller");
var page = new Uri(Option("page", "http://localhost:10110/poem", "the page to fetch"));
application.AddService(new HostedServices(services => services.AddSingleton(page).AddHostedService<Poller>()));

class Poller(ILogger<Poller> logger, Uri page, IHttpClientFactory clients) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (; ; await Task.Delay(TimeSpan.FromMinutes(1), stoppingToken))
            logger.LogInformation("{Page} has {Length} characters", page, (await clients.CreateClient().GetStringAsync(page, stoppingToken)).Length);
    }
}
