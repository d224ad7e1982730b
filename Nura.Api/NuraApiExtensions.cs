using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nura.Api.Anthropic;
using Nura.Api.Audit;
using Nura.Api.Bedrock;
using Nura.Api.Conversations;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Api.Keys;
using Nura.Api.OpenAi;
using Nura.Api.People;
using Nura.Api.Ratings;
using Nura.Api.Responses;
using Nura.Api.Runs;
using Nura.Api.Sessions;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Api;

/// <summary>Registers what this service is made of.</summary>
internal static class NuraApiExtensions
{
    /// <summary>Call this before the service defaults: the first writer of errors that fits is taken, and ours is the narrower.</summary>
    public static IHostApplicationBuilder AddDialects(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProblemDetailsWriter, AnthropicProblemWriter>();
        builder.Services.AddSingleton<IProblemDetailsWriter, BedrockProblemWriter>();
        builder.Services.AddSingleton<IProblemDetailsWriter, OpenAiProblemWriter>();
        return builder;
    }

    public static IHostApplicationBuilder AddNuraApi(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("nura");
        builder.AddRedisDistributedCache("cache");
        builder.AddMigrations("api", typeof(NuraApiExtensions).Assembly);
        builder.AddMigrations("models", typeof(ModelCatalog).Assembly);
        builder.AddNuraModels();
        builder.Services.AddHttpContextAccessor();
        builder.AddCallersClient("rag", (_, http, scope) => new RagClient(http, scope));
        builder.AddCallersClient("agents", (services, http, scope) => new AgentsClient(http, scope, services.GetRequiredService<TimeProvider>()));

        builder.Services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<ApiOptions>>((kestrel, api) => kestrel.Limits.MaxRequestBodySize = api.Value.MaxBodyBytes);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            ContractsJson.Apply(json.SerializerOptions);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJsonContext.Default);
            // Compiled ahead of time there is no reflection to fall back on: what is missing above is to show wherever the service runs.
            if (json.SerializerOptions.TypeInfoResolverChain.FirstOrDefault(resolver => resolver is DefaultJsonTypeInfoResolver) is { } reflection)
            {
                json.SerializerOptions.TypeInfoResolverChain.Remove(reflection);
            }
        });
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, RequestMemory>();
        builder.Services.AddExceptionHandler<ErrorHandler>();
        builder.Services.AddOpenApi("v1");

        builder.Services.AddSingleton<KeyStore>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton<SigningSecrets>();
        builder.Services.AddSingleton<SignedRequests>();
        builder.Services.AddSingleton<AuditStore>();
        builder.Services.AddSingleton<AuditTrail>();
        builder.Services.AddSingleton<SessionStore>();
        builder.Services.AddSingleton<Session>();
        builder.Services.AddOptions<SignInOptions>().BindConfiguration(SignInOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SignInOptions>, SignInRanges>();
        builder.Services.AddSingleton<IValidateOptions<SignInOptions>, SignInRules>();
        builder.Services.AddSingleton<IdentityProvider>();
        builder.Services.AddSingleton<AccessTokens>();
        builder.Services.AddSingleton<PersonStore>();
        builder.Services.AddSingleton<SingleSignOn>();
        builder.Services.AddSingleton<ConversationStore>();
        builder.Services.AddSingleton<RatingStore>();
        builder.Services.AddSingleton<KeyAuthentication>();
        builder.Services.AddSingleton<IAuthenticationService>(services => services.GetRequiredService<KeyAuthentication>());
        // The framework makes these with each request, and by reflection where code cannot be made at run time. They keep nothing from one to the next.
        builder.Services.AddSingleton<IPolicyEvaluator, KeyPolicies>();
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationMiddlewareResultHandler>();
        builder.Services.AddAuthorizationBuilder().AddPolicy(KeyAuthentication.Administrators, policy => policy.RequireRole(KeyAuthentication.AdminRole));

        builder.AddRequestRate();

        builder.Services.AddSingleton<ResponseStore>();
        builder.Services.AddSingleton<Heartbeat>();
        builder.Services.AddSingleton<AnswerSharing>();
        builder.Services.AddSingleton<AutoModel>();
        builder.Services.AddSingleton<ModelForwarding>();
        builder.Services.AddSingleton<BedrockTranslation>();
        builder.Services.AddSingleton<ModelCompletions>();
        builder.Services.AddSingleton<ChatCompletions>();
        builder.Services.AddTransient<AgentRuns>();
        builder.Services.AddTransient<ConversationRemoval>();
        builder.Services.AddHostedService<ConversationExpiry>();
        builder.Services.AddTransient<AgentCompletions>();
        builder.Services.AddHostedService<WarmUp>();
        return builder;
    }

    // Whoever asks for one of our services within a request asks on behalf of its caller: no endpoint can forget to.
    private static void AddCallersClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IHostApplicationBuilder builder, string service, Func<IServiceProvider, HttpClient, CallerScope?, TClient> create)
        where TClient : class
    {
        var name = builder.AddServiceClient<TClient>(service).Name;
        builder.Services.AddTransient(services => create(
            services,
            services.GetRequiredService<IHttpClientFactory>().CreateClient(name),
            services.GetRequiredService<IHttpContextAccessor>().HttpContext is { } http ? CallerScopes.Of(http.User) : null));
    }
}
